namespace GostNet.Internal;

/// <summary>The stream of a connection, for code that knows streams only: disposing it closes the connection.</summary>
internal sealed class ConnectionStream(IConnection connection) : LayeredStream
{
    protected override Stream Inner => connection.Stream;

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.DisposeAsync().AsTask().GetAwaiter().GetResult(); // Stream's contract has a synchronous way out
        }

        base.Dispose(disposing);
    }
}

namespace GostNet.Internal;

/// <summary>What is done with connections in many places.</summary>
internal static class ConnectionExtensions
{
    /// <summary>Ends a connection that nobody has a use for, at once, and releases it.</summary>
    public static async ValueTask DropAsync(this IConnection connection)
    {
        connection.Abort();
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}

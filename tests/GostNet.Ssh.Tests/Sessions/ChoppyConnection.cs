using System.Net;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>A connection that gives what arrives in pieces, and takes what is sent in one.</summary>
/// <param name="inner">The connection.</param>
/// <param name="pieceSize">How large the next piece is at most.</param>
internal sealed class ChoppyConnection(IConnection inner, Func<int> pieceSize) : IConnection
{
    public Stream Stream { get; } = new ChoppyStream(inner.Stream, pieceSize);

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Single bytes.</summary>
    public static IConnection Bytes(IConnection inner) => new ChoppyConnection(inner, () => 1);

    /// <summary>Pieces of any size.</summary>
    public static Func<IConnection, IConnection> Random(int seed)
    {
        var random = new Random(seed);
        return inner => new ChoppyConnection(inner, () =>
        {
            lock (random)
            {
                return random.Next(1, random.Next(4) == 0 ? 50_000 : 50);
            }
        });
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await inner.DisposeAsync();
    }

    private sealed class ChoppyStream(Stream inner, Func<int> pieceSize) : GostNet.Internal.UnseekableStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, pieceSize())], cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);
    }
}

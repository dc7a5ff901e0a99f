using System.Net;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>A connection whose writes can be kept back for as long as a test likes.</summary>
internal sealed class HeldConnection(IConnection inner) : IConnection
{
    private readonly HeldStream _stream = new(inner.Stream);

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Keeps back what is written from now on.</summary>
    public void Hold() => _stream.IsHolding = true;

    /// <summary>Drops what is written from now on.</summary>
    public void Drop() => _stream.IsDropping = true;

    /// <summary>Sends what was kept back.</summary>
    public Task ReleaseAsync() => _stream.ReleaseAsync();

    public async Task LetGoAsync()
    {
        _stream.IsHolding = false;
        await ReleaseAsync();
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class HeldStream(Stream inner) : GostNet.Internal.UnseekableStream
    {
        private readonly Lock _gate = new();
        private List<byte[]> _held = [];

        public bool IsHolding { get; set; }

        public bool IsDropping { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsDropping)
            {
                return ValueTask.CompletedTask;
            }

            lock (_gate)
            {
                if (!IsHolding)
                {
                    return inner.WriteAsync(buffer, cancellationToken);
                }

                _held.Add(buffer.ToArray());
                return ValueTask.CompletedTask;
            }
        }

        public async Task ReleaseAsync()
        {
            List<byte[]> held;
            lock (_gate)
            {
                (held, _held) = (_held, []);
            }

            await inner.WriteAsync(held.SelectMany(data => data).ToArray()); // as one, so that it is taken as one
        }
    }
}

using System.Net;
using GostNet.Internal;

namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>A connection that keeps what is written to it, write by write.</summary>
internal sealed class LoggedConnection : IConnection
{
    private readonly IConnection _inner;
    private readonly LoggedStream _stream;

    public LoggedConnection(IConnection inner)
    {
        _inner = inner;
        _stream = new(inner.Stream);
    }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <summary>The writes so far.</summary>
    public byte[][] Writes => _stream.Writes;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => _inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => _inner.Abort();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private sealed class LoggedStream(Stream inner) : LayeredStream
    {
        private readonly List<byte[]> _writes = [];

        public byte[][] Writes
        {
            get
            {
                lock (_writes)
                {
                    return [.. _writes];
                }
            }
        }

        protected override Stream Inner => inner;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_writes)
            {
                _writes.Add(buffer.ToArray());
            }

            return inner.WriteAsync(buffer, cancellationToken);
        }
    }
}

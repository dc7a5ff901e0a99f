using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Tests.Protocols;

/// <summary>One end of two crossed pipes.</summary>
internal sealed class PipeConnection(PipeReader reader, PipeWriter writer, int maxRead) : IConnection
{
    public Stream Stream { get; } = new PipeStream(reader.AsStream(), writer.AsStream(), maxRead);

    public EndPoint? LocalEndPoint => null;

    public EndPoint? RemoteEndPoint => null;

    /// <summary>What <see cref="TryGetSocket"/> hands out.</summary>
    public Socket? Socket { get; init; }

    public bool IsAborted { get; private set; }

    public bool IsDisposed { get; private set; }

    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => await writer.CompleteAsync();

    public void Abort() => IsAborted = true;

    public bool TryGetSocket([NotNullWhen(true)] out Socket? socket) => (socket = Socket) is not null;

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        await Stream.DisposeAsync();
    }

    /// <summary>Reads no more than so many bytes at a time.</summary>
    private sealed class PipeStream(Stream input, Stream output, int maxRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer[..Math.Min(buffer.Length, maxRead)], cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, Math.Min(count, maxRead));

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}

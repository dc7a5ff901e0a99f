using System.IO.Compression;
using GostNet.Internal;

namespace GostNet.Transports.WebSockets;

/// <summary>Reads messages some of which are compressed, each by itself (RFC 7692, section 7.2.2). A message is handed on as it comes,
/// and each read yields no more than there is room for.</summary>
/// <param name="connection">Where payload comes from. One read at a time.</param>
internal sealed class WebSocketInflater(WebSocketConnection connection) : IDisposable
{
    private DeflateStream? _message;

    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_message is null)
            {
                // Waits for payload, so that it is known what kind of message it is of.
                await connection.ReadPayloadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                if (connection.TakeMessageEnd())
                {
                    continue;
                }

                if (!connection.IsMessageCompressed || destination.IsEmpty)
                {
                    int plain = await connection.ReadPayloadAsync(destination, cancellationToken).ConfigureAwait(false);
                    if (plain == 0 && !destination.IsEmpty && connection.TakeMessageEnd())
                    {
                        continue;
                    }

                    return plain;
                }

                _message = new DeflateStream(new Source(connection), CompressionMode.Decompress);
            }

            if (destination.IsEmpty)
            {
                return 0;
            }

            int count = await InflateAsync(_message, destination, cancellationToken).ConfigureAwait(false);
            if (count > 0)
            {
                return count;
            }

            await EndMessageAsync(cancellationToken).ConfigureAwait(false);
            if (_message is not null)
            {
                return 0; // the connection ended within it
            }
        }
    }

    public void Dispose() => _message?.Dispose();

    private async ValueTask<int> InflateAsync(DeflateStream message, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            return await message.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw connection.Fail(WebSocketCloseCode.InvalidData, "a message that is not compressed as it says");
        }
    }

    /// <summary>Passes over what may be left of a message whose last block says that it is the last.</summary>
    private async ValueTask EndMessageAsync(CancellationToken cancellationToken)
    {
        Source source = (Source)_message!.BaseStream;
        byte[] rest = new byte[256];
        while (!source.IsAtEnd)
        {
            if (await source.ReadAsync(rest, cancellationToken).ConfigureAwait(false) == 0 && !source.IsAtEnd)
            {
                return;
            }
        }

        await _message.DisposeAsync().ConfigureAwait(false);
        _message = null;
    }

    /// <summary>The compressed bytes of one message, with what its sender has left out behind it, and an empty last block, so that the
    /// end is one.</summary>
    private sealed class Source(WebSocketConnection connection) : UnseekableStream
    {
        private static readonly byte[] Tail = [0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF];
        private bool _hasEnded;
        private int _tailPosition;

        public override bool CanWrite => false;

        /// <summary>Whether all of the message was read.</summary>
        public bool IsAtEnd => _hasEnded;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasEnded)
            {
                int count = await connection.ReadPayloadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count > 0 || !connection.TakeMessageEnd())
                {
                    return count;
                }

                _hasEnded = true;
            }

            int tail = Math.Min(buffer.Length, Tail.Length - _tailPosition);
            Tail.AsSpan(_tailPosition, tail).CopyTo(buffer.Span);
            _tailPosition += tail;
            return tail;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}

using System.Buffers;

namespace GostNet.Protocols;

/// <summary>Reads messages off streams.</summary>
internal static class MessageReaderExtensions
{
    /// <summary>Reads one message and not a byte more (gost-nodes, section 6, D2).</summary>
    /// <param name="read">The message's codec.</param>
    /// <param name="stream">Where the message comes from.</param>
    /// <param name="buffer">Space for the longest message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What <paramref name="read"/> said last, <see cref="OperationStatus.NeedMoreData"/> if the stream ended before the message
    /// did; the message; and how many bytes were read.</returns>
    public static async ValueTask<(OperationStatus Status, T Message, int Count)> ReceiveAsync<T>(
        this MessageReader<T> read, Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count = 0;
        while (true)
        {
            OperationStatus status = read(buffer.Span[..count], out T message, out int length);
            int more = status != OperationStatus.NeedMoreData ? 0
                : await stream.ReadAsync(buffer[count..length], cancellationToken).ConfigureAwait(false);
            if (more == 0)
            {
                return (status, message, count);
            }

            count += more;
        }
    }
}

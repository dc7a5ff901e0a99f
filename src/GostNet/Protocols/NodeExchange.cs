using System.Buffers;

namespace GostNet.Protocols;

/// <summary>One request to one node: sends it, reads the answers, and words what goes wrong.</summary>
/// <param name="protocol">The protocol's name in messages.</param>
/// <param name="node">The node's name in messages and exceptions.</param>
/// <param name="target">What the node is asked for.</param>
/// <param name="stream">The bytes to and from the node.</param>
/// <param name="request">What it is asked for, in words that the target follows.</param>
internal sealed class NodeExchange(string protocol, string node, HostEndPoint target, Stream stream, string request = "asked for")
{
    private const int QuotedBytes = 8;

    /// <summary>Sends one message, as one segment where the transport can.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not ForwardException)
        {
            throw Failure(ForwardError.ConnectionClosed, "broke the connection while it was spoken to", innerException: e);
        }
    }

    /// <summary>Reads one message and not a byte more (gost-nodes, section 6, D2).</summary>
    /// <param name="buffer">Space for the longest message.</param>
    /// <param name="read">The message's codec.</param>
    /// <param name="awaited">What the message is, for the words of a failure: "the reply to CONNECT".</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<T> ReceiveAsync<T>(
        Memory<byte> buffer, MessageReader<T> read, string awaited, CancellationToken cancellationToken)
    {
        try
        {
            (OperationStatus status, T message, int count) =
                await read.ReceiveAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
            return status switch
            {
                OperationStatus.Done => message,
                OperationStatus.NeedMoreData => throw Closed(awaited),
                _ => throw Malformed(buffer.Span[..count], awaited),
            };
        }
        catch (IOException e) when (e is not ForwardException)
        {
            throw Broken(awaited, e);
        }
    }

    /// <summary>Reads at least one byte.</summary>
    public async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, string awaited, CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not ForwardException)
        {
            throw Broken(awaited, e);
        }

        return count > 0 ? count : throw Closed(awaited);
    }

    /// <summary>The failure of a node that does not speak the protocol.</summary>
    /// <param name="answer">What it sent; the first bytes are quoted.</param>
    /// <param name="awaited">What it should have been.</param>
    public ForwardException Malformed(ReadOnlySpan<byte> answer, string awaited) => Failure(
        ForwardError.ProtocolError,
        $"answered {Convert.ToHexStringLower(answer[..Math.Min(answer.Length, QuotedBytes)])} (hex), which is not {awaited}");

    /// <summary>A failure in words that follow "the proxy, asked for the target, …".</summary>
    public ForwardException Failure(ForwardError error, string what, bool isTargetFault = false, Exception? innerException = null) =>
        new(error, $"{protocol} proxy {node}, {request} {target}, {what}.", innerException)
        {
            Node = isTargetFault ? null : node,
            Target = target,
            IsTargetFault = isTargetFault,
        };

    private ForwardException Closed(string awaited) =>
        Failure(ForwardError.ConnectionClosed, $"closed the connection before {awaited} was complete");

    private ForwardException Broken(string awaited, IOException reason) =>
        Failure(ForwardError.ConnectionClosed, $"broke the connection before {awaited} was complete", innerException: reason);
}

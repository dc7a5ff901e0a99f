using System.Buffers;
using GostNet.Internal;

namespace GostNet.Protocols;

/// <summary>What one client of a proxy server and the server say to each other before bytes are relayed.</summary>
/// <param name="protocol">The protocol's name in messages.</param>
/// <param name="connection">The client.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientExchange(string protocol, IConnection connection, TimeProvider time)
{
    private const int QuotedBytes = 8;

    private readonly string _who = $"{protocol} client {connection.RemoteEndPoint?.ToString() ?? "of unknown address"}";
    private bool _hasRefused;

    /// <summary>The client, inside of TLS once that has begun.</summary>
    public IConnection Connection { get; set; } = connection;

    /// <summary>Sends one message, as one segment or record where the transport can: GOST throws away what it reads behind an answer
    /// (socks, section 2).</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await Connection.Stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        await Connection.Stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one message and not a byte more.</summary>
    /// <param name="read">The message's codec.</param>
    /// <param name="buffer">Space for the longest message.</param>
    /// <param name="awaited">What the message is, for the words of a failure: "a greeting".</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<T> ReceiveAsync<T>(
        MessageReader<T> read, Memory<byte> buffer, string awaited, CancellationToken cancellationToken)
    {
        (OperationStatus status, T message, int count) =
            await read.ReceiveAsync(Connection.Stream, buffer, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            OperationStatus.Done => message,
            OperationStatus.NeedMoreData => throw Failure(
                ForwardError.ConnectionClosed, $"ended the connection before {awaited} was complete"),
            _ => throw Failure(
                ForwardError.ProtocolError,
                $"sent {Convert.ToHexStringLower(buffer.Span[..Math.Min(count, QuotedBytes)])} (hex), which is not {awaited}"),
        };
    }

    /// <summary>Sends a last message.</summary>
    /// <returns><paramref name="reason"/>, to be thrown, also if the client has gone and cannot be told.</returns>
    public async ValueTask<ForwardException> RefuseAsync(
        ReadOnlyMemory<byte> message, ForwardException reason, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(message, cancellationToken).ConfigureAwait(false);
            _hasRefused = true;
        }
        catch (IOException)
        {
            // The reason says more than that the client did not wait for it.
        }

        return reason;
    }

    /// <summary>Lets the client read why it was refused, if it was.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken) =>
        _hasRefused ? LastWords.LetBeReadAsync(Connection, time, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Runs the part that the client must not draw out.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.TimedOut"/>.</exception>
    public ValueTask<T> WithinAsync<T>(
        TimeSpan limit, Func<CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken) =>
        Deadline.RunAsync(
            limit,
            time,
            (Exchange: this, Step: step),
            static (state, token) => state.Step(token),
            static state => $"{state.Exchange._who} did not say what it wants",
            cancellationToken);

    /// <summary>A failure in words that follow "the client …".</summary>
    public ForwardException Failure(ForwardError error, string what, Exception? innerException = null) =>
        new(error, $"{_who} {what}.", innerException);
}

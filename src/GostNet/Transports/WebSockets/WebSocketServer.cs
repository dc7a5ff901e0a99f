using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Transports.WebSockets;

/// <summary>The server side of a WebSocket over any connection.</summary>
internal sealed class WebSocketServer : IConnectionLayer
{
    private readonly WebSocketServerOptions _options;
    private readonly WebSocketHalfClose _halfClose;
    private readonly TimeProvider _time;

    /// <summary>Makes the server side.</summary>
    /// <param name="options">Which requests become a WebSocket.</param>
    /// <param name="time">The clock.</param>
    /// <param name="halfClose">When a half-close is told to a client that is not known to be one of this library. For the side that
    /// answers, the end of the answer is nearly always the end of all, and <see cref="WebSocketHalfClose.Immediate"/> tells the client
    /// without waiting.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public WebSocketServer(
        WebSocketServerOptions options, TimeProvider time, WebSocketHalfClose halfClose = WebSocketHalfClose.Immediate)
    {
        WebSocketUpgrade.CheckPath(options.Path);
        if (options.Path.Contains('?'))
        {
            throw new ArgumentException($"The WebSocket's {nameof(options.Path)} is '{options.Path}'; write it without a query.");
        }

        _options = options with { };
        _time = time;
        _halfClose = halfClose;
    }

    /// <inheritdoc/>
    /// <exception cref="ForwardException"><see cref="ForwardError.ConnectionClosed"/>, or <see cref="ForwardError.ProtocolError"/> or
    /// <see cref="ForwardError.Forbidden"/> when the client was told so.</exception>
    public async ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        using WebSocketHead arrived = new();
        (string key, bool isCompressed, WebSocketRefusal? refusal) =
            await ReadRequestAsync(carrier.Stream, arrived, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            await SendAsync(carrier.Stream, WebSocketUpgrade.WriteRefusal(refusal), cancellationToken).ConfigureAwait(false);
            await LastWords.LetBeReadAsync(carrier, _time, cancellationToken).ConfigureAwait(false);
            throw new ForwardException(
                refusal.Status.StartsWith("403", StringComparison.Ordinal) ? ForwardError.Forbidden : ForwardError.ProtocolError,
                $"The client's request was answered '{refusal.Status}': {refusal.Reason}");
        }

        byte[] nonce = Convert.FromBase64String(key);
        bool isKin = WebSocketKinship.IsKin(nonce);
        byte[] response = WebSocketUpgrade.WriteResponse(key, isCompressed);
        await SendAsync(carrier.Stream, isKin ? [.. response, .. WebSocketKinship.WriteAnswer(nonce)] : response, cancellationToken)
            .ConfigureAwait(false);
        WebSocketSettings settings = new()
        {
            IsServer = true,
            IsCompressed = isCompressed,
            HalfClose = _halfClose,
            PeerHalfCloses = isKin,
        };
        return new WebSocketConnection(carrier, settings, arrived.Rest.Span, _time);
    }

    private static WebSocketRefusal TooLarge(string reason) => new("431 Request Header Fields Too Large", reason);

    private static async ValueTask SendAsync(Stream stream, byte[] message, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(string Key, bool IsCompressed, WebSocketRefusal? Refusal)> ReadRequestAsync(
        Stream stream, WebSocketHead arrived, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = await arrived.ReadAsync(stream, "client", cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.ProtocolError)
        {
            return ("", false, TooLarge(e.Message));
        }

        HttpHead head = new();
        HttpHeadError error = head.ReadRequest(bytes);
        if (error == HttpHeadError.None)
        {
            WebSocketRefusal? refusal = WebSocketUpgrade.ReadRequest(head, _options, out string key, out bool isCompressed);
            return (key, isCompressed, refusal);
        }

        return ("", false, error == HttpHeadError.TooManyFields
            ? TooLarge($"There are more than {HttpHead.MaxFields} fields.")
            : new("400 Bad Request", $"The head is not good: {error}."));
    }
}

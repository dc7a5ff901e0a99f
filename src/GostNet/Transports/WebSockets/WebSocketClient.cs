using System.Text;
using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Transports.WebSockets;

/// <summary>The client side of a WebSocket over any connection.</summary>
internal sealed class WebSocketClient : IConnectionLayer
{
    private const int MaxQuotedLine = 200;
    private const int MaxQuotedBody = 1024;
    private const int SwitchingProtocols = 101;
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(1);

    private readonly WebSocketClientOptions _options;
    private readonly Func<string, byte[]> _writeRequest;
    private readonly WebSocketHalfClose _halfClose;
    private readonly TimeProvider _time;

    /// <summary>Makes the client side for one server.</summary>
    /// <param name="options">What the server is asked.</param>
    /// <param name="server">The server's address, which is the Host unless the options have another.</param>
    /// <param name="time">The clock.</param>
    /// <param name="halfClose">When a half-close is told to a server that is not known to be one of this library. The side that asks wants
    /// <see cref="WebSocketHalfClose.Drain"/>, so that its answer still arrives.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public WebSocketClient(
        WebSocketClientOptions options, HostEndPoint server, TimeProvider time, WebSocketHalfClose halfClose = WebSocketHalfClose.Drain)
    {
        if (options.MaxMessageSize is < WebSocketCodec.MaxControlLength or > 64 * 1024)
        {
            throw new ArgumentException(
                $"The WebSocket's {nameof(options.MaxMessageSize)} is {options.MaxMessageSize}; write from 125 to 65536.");
        }

        _options = options with { };
        _writeRequest = WebSocketUpgrade.PrepareRequest(options, options.Host ?? AsciiHost.Encode(server).ToString());
        _time = time;
        _halfClose = halfClose;
    }

    /// <inheritdoc/>
    /// <exception cref="ForwardException"><see cref="ForwardError.ConnectionClosed"/>, <see cref="ForwardError.ProtocolError"/>, or what
    /// the server's refusal comes nearest to.</exception>
    public async ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        byte[] nonce = WebSocketKinship.CreateKey();
        string key = Convert.ToBase64String(nonce);
        await carrier.Stream.WriteAsync(_writeRequest(key), cancellationToken).ConfigureAwait(false);
        await carrier.Stream.FlushAsync(cancellationToken).ConfigureAwait(false);

        using WebSocketHead arrived = new();
        HttpHead head = new();
        do
        {
            ReadOnlyMemory<byte> bytes = await arrived.ReadAsync(carrier.Stream, "server", cancellationToken).ConfigureAwait(false);
            if (head.ReadResponse(bytes) is not HttpHeadError.None and var error)
            {
                throw Failure(ForwardError.ProtocolError, $"sent a head that is none: {error}");
            }

            if (head.StatusCode is >= 200)
            {
                string statusLine = Clean(bytes.Span[..bytes.Span.IndexOf((byte)'\n')], MaxQuotedLine);
                throw await RefusedAsync(carrier.Stream, head, statusLine, arrived, cancellationToken).ConfigureAwait(false);
            }
        }
        while (head.StatusCode != SwitchingProtocols);

        if (WebSocketUpgrade.ReadResponse(head, key, _options.Compression, out bool isCompressed) is { } fault)
        {
            throw Failure(ForwardError.ProtocolError, $"sent a response that {fault}");
        }

        byte[] answer = WebSocketKinship.Answer(nonce);
        byte[] answerFrame = WebSocketKinship.WriteAnswer(nonce);
        bool isKin = arrived.Rest.Span.StartsWith(answerFrame);
        WebSocketSettings settings = new()
        {
            IsCompressed = isCompressed,
            MaxMessageSize = _options.MaxMessageSize,
            HalfClose = _halfClose,
            PeerHalfCloses = isKin,
            KinshipAnswer = answer,
        };
        return new WebSocketConnection(carrier, settings, arrived.Rest.Span[(isKin ? answerFrame.Length : 0)..], _time);
    }

    private static ForwardException Failure(ForwardError error, string what) => new(error, $"The WebSocket server {what}.");

    /// <summary>What of these bytes can be shown, on one line.</summary>
    private static string Clean(ReadOnlySpan<byte> bytes, int maxLength)
    {
        StringBuilder text = new();
        foreach (byte value in bytes[..Math.Min(bytes.Length, maxLength)])
        {
            bool isBlank = value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if (!isBlank || (text.Length > 0 && text[^1] != ' '))
            {
                text.Append(isBlank ? ' ' : value is > 0x20 and < 0x7F ? (char)value : '?');
            }
        }

        return text.ToString().Trim();
    }

    private async ValueTask<ForwardException> RefusedAsync(
        Stream stream, HttpHead head, string statusLine, WebSocketHead arrived, CancellationToken cancellationToken)
    {
        ForwardError error = head.StatusCode switch
        {
            401 or 407 => ForwardError.AuthenticationRequired,
            403 => ForwardError.Forbidden,
            _ => ForwardError.ProxyFailure,
        };
        bool isFramed = head.ReadResponseFraming(isToHead: false, out HttpFraming framing) == HttpHeadError.None;
        int length = isFramed && framing.Kind == HttpFramingKind.None ? 0
            : isFramed && framing.Kind == HttpFramingKind.Length ? (int)Math.Min(framing.Length, MaxQuotedBody)
            : MaxQuotedBody;
        await ReadBodyAsync(stream, arrived, length, cancellationToken).ConfigureAwait(false);
        string body = Clean(arrived.Rest.Span, length);
        return Failure(error, $"answered '{statusLine}'{(body.Length > 0 ? $": {body}" : "")}");
    }

    /// <summary>Reads so much of the body of a refusal as comes soon.</summary>
    private async ValueTask ReadBodyAsync(Stream stream, WebSocketHead arrived, int length, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(BodyTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (arrived.Rest.Length < length && await arrived.FillAsync(stream, either.Token).ConfigureAwait(false) > 0)
            {
                // Until it is there, or there is no more.
            }
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The status line says enough.
        }
    }
}

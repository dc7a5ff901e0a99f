using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <summary>The server side of HTTP/2: each stream is a tunnel (transports, section 5.5), or a request that whoever accepts it answers
/// (section 5.6).</summary>
internal sealed class Http2ServerLayer : IMultiplexLayer
{
    private const int MaxRest = 64 * 1024;

    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(1);

    private readonly Http2Profile _profile;
    private readonly TimeProvider _time;

    /// <summary>Makes a layer that takes tunnels, and answers for them.</summary>
    public Http2ServerLayer(Http2ServerOptions options, TimeProvider time)
        : this(Http2Profile.OfServer(acceptsTunnels: true, options.Path), time)
    {
    }

    private Http2ServerLayer(Http2Profile profile, TimeProvider time)
    {
        _profile = profile;
        _time = time;
    }

    private static ReadOnlySpan<byte> BadRequest =>
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8;

    /// <summary>Makes a layer whose streams are <see cref="IRequestedConnection"/>. A client that does not begin with HTTP/2 is the one
    /// connection of its session, as it came: it is one of HTTP/1.1, or what the server over it makes of it.</summary>
    public static Http2ServerLayer ForRequests(TimeProvider time) => new(Http2Profile.OfServer(acceptsTunnels: false), time);

    /// <summary>Waits for the client's preface. This end's settings are sent after it, and so the answer to HTTP/1 can be one of HTTP/1.
    /// </summary>
    public async ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        byte[] first = new byte[Http2Codec.Preface.Length];
        int length = 0;
        while (length < first.Length)
        {
            int count = await carrier.Stream.ReadAsync(first.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += count;
            if (count == 0 && length == 0)
            {
                throw new ForwardException(ForwardError.ConnectionClosed, "The HTTP/2 client ended the connection without a word.");
            }

            if (count == 0 || !Http2Codec.Preface.StartsWith(first.AsSpan(0, length)))
            {
                if (!_profile.AcceptsTunnels)
                {
                    return new SingleSession(PrefixedConnection.Create(first.AsSpan(0, length), carrier));
                }

                await RefuseAsync(carrier, cancellationToken).ConfigureAwait(false);
                throw new ForwardException(ForwardError.ProtocolError, "The client does not begin with the preface of HTTP/2.");
            }
        }

        return Http2Session.Start(carrier, _profile, _time);
    }

    /// <summary>Answers as HTTP/1 does, and gives the client a short time to read it.</summary>
    private async Task RefuseAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(RestTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        byte[] rest = new byte[1024];
        try
        {
            await carrier.Stream.WriteAsync(BadRequest.ToArray(), either.Token).ConfigureAwait(false);
            await carrier.Stream.FlushAsync(either.Token).ConfigureAwait(false);
            await carrier.CompleteWritesAsync(either.Token).ConfigureAwait(false);
            for (int total = 0, count = 1; count > 0 && total < MaxRest; total += count)
            {
                count = await carrier.Stream.ReadAsync(rest, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It had its chance.
        }
    }
}

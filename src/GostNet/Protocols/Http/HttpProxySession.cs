using System.Text;
using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>One client of an HTTP proxy, from its first request to its last.</summary>
internal sealed partial class HttpProxySession : IAsyncDisposable
{
    private const int MaxLingerBytes = 1024 * 1024;

    private readonly IConnection _client;
    private readonly IProxyHost _host;
    private readonly HttpProxySettings _options;
    private readonly HttpAnswers _answers;
    private readonly HttpProbePage? _page;
    private readonly CancellationToken _stop;
    private readonly HttpInput _input;
    private readonly HttpHead _request = new();
    private HttpUpstream? _upstream;
    private ForwardException? _refusal;
    private bool _isKnown;

    public HttpProxySession(
        IConnection client,
        IProxyHost host,
        HttpProxySettings options,
        HttpAnswers answers,
        HttpProbePage? page,
        CancellationToken cancellationToken)
    {
        _client = client;
        _host = host;
        _options = options;
        _answers = answers;
        _page = page;
        _stop = cancellationToken;
        _input = new HttpInput(client.Stream);
    }

    /// <summary>Whether the client must not see that this is a proxy.</summary>
    private bool IsHidden => _options.ProbeResist is not null && _host.Authenticator is not null && !_isKnown;

    /// <summary>Serves one request after the other.</summary>
    public async Task RunAsync()
    {
        int length = await ReadHeadAsync().ConfigureAwait(false);
        while (length > 0 && await ServeAsync(length).ConfigureAwait(false))
        {
            length = await WaitForRequestAsync().ConfigureAwait(false) ? await ReadHeadAsync().ConfigureAwait(false) : 0;
        }

        if (_refusal is not null)
        {
            if (length == 0)
            {
                await LingerAsync().ConfigureAwait(false); // or else the answer may go down with the connection
            }

            throw _refusal;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropUpstreamAsync().ConfigureAwait(false);
        await _input.StopAsync().ConfigureAwait(false);
        _input.Dispose();
        _requestHead.Dispose();
        _responseHead.Dispose();
    }

    /// <summary>Waits for the first byte of another request.</summary>
    /// <returns><see langword="false"/> if there is none: nothing is wrong with that, and nothing is answered.</returns>
    private async Task<bool> WaitForRequestAsync()
    {
        if (!_input.IsEmpty)
        {
            return true;
        }

        _input.Rest();
        try
        {
            return await Deadline.RunAsync(
                _options.IdleTimeout,
                _host.Time,
                _input,
                static (input, cancellationToken) => input.FillAsync(isBulk: false, cancellationToken),
                static _ => "The client sent no other request",
                _stop).ConfigureAwait(false) > 0;
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut)
        {
            return false;
        }
    }

    /// <summary>Reads a head, and keeps it read ahead.</summary>
    /// <returns>Its length; 0 if the client hung up before it began.</returns>
    private async Task<int> ReadHeadAsync()
    {
        int length;
        try
        {
            length = await Deadline.RunAsync(
                _options.HandshakeTimeout,
                _host.Time,
                _input,
                static (input, cancellationToken) => input.ReadHeadAsync(skipsEmptyLine: true, cancellationToken),
                static _ => "The client did not send the head of a request",
                _stop).ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut)
        {
            await HangUpAsync(_answers.TooSlow).ConfigureAwait(false);
            throw;
        }

        return length switch
        {
            >= 0 => length,
            -1 => throw await RefuseAsync(
                _answers.BadRequest, ForwardError.ConnectionClosed, "The client hung up within the head of a request.")
                .ConfigureAwait(false),
            _ => throw await RefuseAsync(
                _answers.HeadTooLarge,
                ForwardError.ProtocolError,
                $"The client sent a head of more than {HttpInput.MaxHeadLength} bytes.").ConfigureAwait(false),
        };
    }

    /// <summary>Does what one request asks for.</summary>
    /// <param name="length">The length of the head.</param>
    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> ServeAsync(int length)
    {
        HttpHeadError error = _request.ReadRequest(_input.Buffered[..length]);
        if (error != HttpHeadError.None)
        {
            throw await RefuseAsync(
                error == HttpHeadError.TooManyFields ? _answers.HeadTooLarge : _answers.BadRequest,
                ForwardError.ProtocolError,
                $"The client sent a head that is not one of HTTP/1.1: {error}.").ConfigureAwait(false);
        }

        bool isConnect = _request.Method.SequenceEqual("CONNECT"u8);
        HttpTarget target = ReadTarget(isConnect);
        if (!IsLoggedIn(out ForwardError loginError))
        {
            return await RejectAsync(target, length, loginError).ConfigureAwait(false);
        }

        (_isKnown, _refusal) = (true, null);
        if (target.EndPoint is null)
        {
            throw await RefuseAsync(
                _answers.BadRequest,
                ForwardError.ProtocolError,
                isConnect
                    ? "The client asked to be connected to something that is not host:port."
                    : "The client asked for something that is not the URL of an http resource.").ConfigureAwait(false);
        }

        if (isConnect)
        {
            await ConnectAsync(target.EndPoint, length).ConfigureAwait(false);
            return false;
        }

        return await ForwardAsync(target, length).ConfigureAwait(false);
    }

    /// <summary>Finds out whom the request is for.</summary>
    private HttpTarget ReadTarget(bool isConnect)
    {
        HttpTarget target = isConnect ? HttpTarget.OfConnect(_request.Target) : HttpTarget.OfRequest(_request.Target);
        if (!_options.ServesHosts)
        {
            return target;
        }

        if (target.EndPoint is null && !isConnect && _request.TryGetSingle(HttpFieldKind.Host, out ReadOnlySpan<byte> host))
        {
            target = HttpTarget.OfOrigin(_request.Target, host);
        }

        foreach (HttpField field in _request.Fields)
        {
            if (target.EndPoint is not null && field.Kind == HttpFieldKind.Proxy
                && Ascii.EqualsIgnoreCase(_request.Name(field), HiddenHost.FieldName)
                && HiddenHost.TryDecode(_request.Value(field), out byte[]? hidden))
            {
                return target.WithHost(hidden);
            }
        }

        return target;
    }

    private bool IsLoggedIn(out ForwardError error)
    {
        error = ForwardError.AuthenticationRequired;
        if (_host.Authenticator is not { } authenticator)
        {
            return true;
        }

        if (_request.Has(HttpFieldKind.ProxyAuthorization))
        {
            error = ForwardError.AuthenticationFailed;
        }

        return _request.TryGetSingle(HttpFieldKind.ProxyAuthorization, out ReadOnlySpan<byte> value)
            && BasicLogin.TryRead(value, out string userName, out string password)
            && authenticator.Authenticate(userName, password);
    }

    /// <summary>Serves a CONNECT. What the head says of a body is without meaning (RFC 9110, section 9.3.6): what follows is for the
    /// target.</summary>
    private async Task ConnectAsync(HostEndPoint target, int length)
    {
        bool mayBeGost = MayBeGost();
        _input.Consume(length);
        await DropUpstreamAsync().ConfigureAwait(false);
        IConnection connection = await DialAsync(target).ConfigureAwait(false);
        IConnection client;
        try
        {
            await SendAsync(_answers.Connected).ConfigureAwait(false); // alone, for clients that read on and throw away (section 2)
            if (mayBeGost && _input.IsEmpty)
            {
                await HoldBackAsync().ConfigureAwait(false);
            }

            client = TakeClient();
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await _host.RelayAsync(client, connection, target).ConfigureAwait(false);
    }

    /// <summary>Whether the head of a CONNECT has the fields that GOST sends, in GOST's order and case. Nobody else is known to have no
    /// more than these.</summary>
    private bool MayBeGost()
    {
        ReadOnlySpan<HttpField> fields = _request.Fields;
        return fields is
            [
                { Kind: HttpFieldKind.Host },
                { Kind: HttpFieldKind.UserAgent },
                { Kind: HttpFieldKind.ProxyConnection } or { Kind: HttpFieldKind.ProxyAuthorization },
                ..,
            ]
            && fields.Length <= 4 && fields[^1] is { Kind: HttpFieldKind.ProxyConnection } last
            && _request.Value(last).SequenceEqual("keep-alive"u8);
    }

    /// <summary>Waits a little, or until the client has something to say: then it has read the answer.</summary>
    private async Task HoldBackAsync()
    {
        if (_options.Grace <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await Deadline.RunAsync(
                _options.Grace,
                _host.Time,
                _client.Stream,
                static (stream, cancellationToken) => stream.ReadAsync(Memory<byte>.Empty, cancellationToken),
                static _ => "The client said nothing",
                _stop).ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut)
        {
            // Now the target may speak.
        }
    }

    /// <summary>Dials, and answers the client if that fails.</summary>
    private async Task<IConnection> DialAsync(HostEndPoint target)
    {
        try
        {
            return await _host.DialAsync(target, _stop).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            await HangUpAsync(_answers.OfFailedDial(e.Error)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The client with what was read ahead of it, for a relay.</summary>
    private IConnection TakeClient()
    {
        IConnection client = PrefixedConnection.Create(_input.Buffered.Span, _client);
        _input.Dispose();
        return client;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _client.Stream.WriteAsync(bytes, _stop).ConfigureAwait(false);
        await _client.Stream.FlushAsync(_stop).ConfigureAwait(false);
    }

    /// <summary>Gives an answer that ends the connection, and makes the exception that says why.</summary>
    private async Task<ForwardException> RefuseAsync(ReadOnlyMemory<byte> answer, ForwardError error, string message)
    {
        await HangUpAsync(answer).ConfigureAwait(false);
        return new ForwardException(error, message);
    }

    /// <summary>Gives an answer that ends the connection, to those who may see it. A client that is gone already misses it, and is
    /// nothing to complain of: there is a reason for the answer, which the caller tells.</summary>
    private async Task HangUpAsync(ReadOnlyMemory<byte> answer)
    {
        try
        {
            if (!IsHidden)
            {
                await SendAsync(answer).ConfigureAwait(false);
            }

            await LingerAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Ends the answer, and waits for the client to hang up, for a short time.</summary>
    private async Task LingerAsync()
    {
        await _client.CompleteWritesAsync(_stop).ConfigureAwait(false);
        try
        {
            await Deadline.RunAsync(
                _options.LingerTimeout, _host.Time, _input, DrainAsync, static _ => "The client did not hang up", _stop)
                .ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut)
        {
            // It has had its time.
        }
    }

    private static async ValueTask<int> DrainAsync(HttpInput input, CancellationToken cancellationToken)
    {
        int total = 0;
        int count;
        do
        {
            input.Consume(input.Buffered.Length);
            count = await input.FillAsync(isBulk: false, cancellationToken).ConfigureAwait(false);
            total += count;
        }
        while (count > 0 && total < MaxLingerBytes);

        return total;
    }

    private async ValueTask DropUpstreamAsync()
    {
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync().ConfigureAwait(false);
            _upstream = null;
        }
    }
}

using System.Text;
using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>Requests that are forwarded one by one (RFC 9110, section 7.6).</summary>
internal sealed partial class HttpProxySession
{
    // How long a target that has answered may take to read the rest of the request.
    private static readonly TimeSpan UploadPatience = TimeSpan.FromSeconds(1);

    private readonly HttpHead _response = new();
    private readonly HttpOutput _requestHead = new();
    private readonly HttpOutput _responseHead = new();

    /// <summary>Forwards one request to its own target, and the answer back.</summary>
    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> ForwardAsync(HttpTarget target, int length)
    {
        HttpHeadError error = _request.ReadRequestFraming(out HttpFraming framing);
        if (error != HttpHeadError.None)
        {
            throw await RefuseAsync(
                _answers.BadRequest,
                ForwardError.ProtocolError,
                $"It is not clear where the body of the client's request ends: {error}.").ConfigureAwait(false);
        }

        bool isOld = _request.MinorVersion == 0;
        var exchange = new HttpExchange
        {
            Target = target.EndPoint!,
            Body = new HttpBody(_input, framing, keepsChunks: true),
            IsHead = _request.Method.SequenceEqual("HEAD"u8),
            IsOld = isOld,
            IsUpgrade = !isOld && !framing.HasBody && IsUpgrade(),
            IsLast = isOld || _request.ListHas(HttpFieldKind.Connection, "close"u8)
                || _request.ListHas(HttpFieldKind.ProxyConnection, "close"u8),
            IsRepeatable = !framing.HasBody && IsIdempotent(_request.Method),
        };
        WriteRequest(target, framing, exchange);
        _input.Consume(length);

        // Only a request with a body can be left half-way, with the client still to be read from.
        using CancellationTokenSource? giveUp = framing.HasBody ? CancellationTokenSource.CreateLinkedTokenSource(_stop) : null;
        bool? goesOn = await ExchangeAsync(exchange, isRetry: false, giveUp).ConfigureAwait(false)
            ?? await ExchangeAsync(exchange, isRetry: true, giveUp: null).ConfigureAwait(false);
        return goesOn == true;
    }

    /// <summary>Sends a request whose head is written, and passes the answer on.</summary>
    /// <returns>Whether another request may follow; <see langword="null"/> if the target hung up on a connection that was used before:
    /// a new one will tell more.</returns>
    private async Task<bool?> ExchangeAsync(HttpExchange exchange, bool isRetry, CancellationTokenSource? giveUp)
    {
        HttpUpstream upstream = await ReachAsync(exchange, isRetry).ConfigureAwait(false);
        Task<HttpUpload> upload = UploadAsync(upstream, exchange.Body, giveUp?.Token ?? _stop);
        try
        {
            int length = await ReadResponseHeadAsync(upstream, upload, exchange).ConfigureAwait(false);
            if (length == 0 && upstream.IsUsed && exchange.IsRepeatable)
            {
                await StopAsync(upload, giveUp).ConfigureAwait(false);
                return null;
            }

            return await AnswerAsync(upstream, upload, exchange, length, giveUp).ConfigureAwait(false);
        }
        catch (RefusedException e)
        {
            await StopAsync(upload, giveUp).ConfigureAwait(false); // first: it may read from the client
            await HangUpAsync(e.Answer).ConfigureAwait(false);
            throw e.Reason;
        }
        catch
        {
            await StopAsync(upload, giveUp).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends what goes on with the target.</summary>
    private async Task StopAsync(Task<HttpUpload> upload, CancellationTokenSource? giveUp)
    {
        if (giveUp is not null)
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
        }

        if (_upstream is not null)
        {
            await _upstream.AbortAsync().ConfigureAwait(false);
            _upstream = null;
        }

        await ((Task)upload).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The methods that RFC 9110, section 9.2.2 calls idempotent.</summary>
    private static bool IsIdempotent(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("OPTIONS"u8)
        || method.SequenceEqual("TRACE"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("DELETE"u8);

    /// <summary>Whether the client asks for another protocol on this connection. Not for HTTP/2: its requests would pass unread, and
    /// whoever asks can do without.</summary>
    private bool IsUpgrade() =>
        _request.ListHas(HttpFieldKind.Connection, "upgrade"u8)
        && _request.TryGetSingle(HttpFieldKind.Upgrade, out ReadOnlySpan<byte> protocol)
        && !protocol.IsEmpty && !_request.ListHas(HttpFieldKind.Upgrade, "h2c"u8);

    /// <summary>Writes the head that the target gets: origin form, and nothing that is for this proxy alone.</summary>
    private void WriteRequest(HttpTarget target, HttpFraming framing, HttpExchange exchange)
    {
        HttpOutput head = _requestHead;
        head.Dispose();
        head.Write(_request.Method);
        head.Write(" "u8);
        WritePath(head, target);
        head.Write(" HTTP/1.1\r\n"u8);
        head.WriteField("Host"u8, target.Host ?? _request.Target[target.Authority]);
        WriteFields(head, _request);
        if (framing.Kind == HttpFramingKind.Length)
        {
            WriteLength(head, framing.Length);
        }
        else if (framing.Kind == HttpFramingKind.Chunked)
        {
            head.WriteField("Transfer-Encoding"u8, "chunked"u8);
        }

        if (exchange.IsUpgrade)
        {
            WriteUpgrade(head, _request);
        }
        else if (exchange.IsLast)
        {
            head.WriteField("Connection"u8, "close"u8);
        }

        head.Write("\r\n"u8);
    }

    /// <summary>Writes path and query in origin form (RFC 9112, sections 3.2.1 and 3.2.4).</summary>
    private void WritePath(HttpOutput head, HttpTarget target)
    {
        ReadOnlySpan<byte> path = _request.Target[target.Path];
        if (path.IsEmpty)
        {
            head.Write(_request.Method.SequenceEqual("OPTIONS"u8) ? "*"u8 : "/"u8);
            return;
        }

        if (path[0] == (byte)'?')
        {
            head.Write("/"u8);
        }

        head.Write(path);
    }

    /// <summary>Writes the fields that go from one end to the other, as they are.</summary>
    private static void WriteFields(HttpOutput head, HttpHead source)
    {
        foreach (HttpField field in source.Fields)
        {
            if (field.Kind is HttpFieldKind.Other or HttpFieldKind.UserAgent && !source.IsHopByHop(field))
            {
                head.WriteField(source.Name(field), source.Value(field));
            }
        }
    }

    private static void WriteLength(HttpOutput head, long length)
    {
        head.Write("Content-Length: "u8);
        head.Write(length);
        head.Write("\r\n"u8);
    }

    private static void WriteUpgrade(HttpOutput head, HttpHead source)
    {
        head.WriteField("Connection"u8, "Upgrade"u8);
        foreach (HttpField field in source.Fields)
        {
            if (field.Kind == HttpFieldKind.Upgrade)
            {
                head.WriteField(source.Name(field), source.Value(field));
            }
        }
    }

    /// <summary>The connection to the target: the one that is there, if it leads to this very target and lives, else a new one.</summary>
    private async Task<HttpUpstream> ReachAsync(HttpExchange exchange, bool isRetry)
    {
        if (_upstream is null || isRetry || !_upstream.CanServe(exchange.Target, exchange.IsRepeatable))
        {
            await DropUpstreamAsync().ConfigureAwait(false);
            _upstream = new HttpUpstream(await DialAsync(exchange.Target).ConfigureAwait(false), exchange.Target, _host.Time);
        }

        return _upstream;
    }

    /// <summary>Sends head and body.</summary>
    private async Task<HttpUpload> UploadAsync(HttpUpstream upstream, HttpBody body, CancellationToken cancellationToken)
    {
        Stream stream = upstream.Connection.Stream;
        ReadOnlyMemory<byte> piece;
        try
        {
            piece = body.TakeBuffered();
        }
        catch (ForwardException e)
        {
            return new HttpUpload(ClientFailure: e);
        }

        bool isHeadSent = false;
        while (true)
        {
            try
            {
                if (isHeadSent)
                {
                    await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                    await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await _requestHead.SendAsync(stream, piece, cancellationToken).ConfigureAwait(false);
                    isHeadSent = true;
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return new HttpUpload(TargetFailure: e);
            }

            if (!piece.IsEmpty)
            {
                _host.CountBytes(fromClient: true, piece.Length);
            }

            try
            {
                piece = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                return new HttpUpload(ClientFailure: e);
            }

            if (piece.IsEmpty)
            {
                return default;
            }
        }
    }

    /// <summary>Waits for the head of an answer, and meanwhile for what may go wrong with the request.</summary>
    /// <returns>Its length; 0 if the target hung up without a word.</returns>
    /// <exception cref="IOException">The client failed, or what came is not a head. The client has been answered if it can be.</exception>
    private async Task<int> ReadResponseHeadAsync(HttpUpstream upstream, Task<HttpUpload> upload, HttpExchange exchange)
    {
        Task<int> head = upstream.Input.ReadHeadAsync(skipsEmptyLine: false, _stop).AsTask();
        if (!head.IsCompleted)
        {
            await Task.WhenAny(head, upload).ConfigureAwait(false);
        }

        if (!head.IsCompleted && (await upload.ConfigureAwait(false)).ClientFailure is { } failure)
        {
            await GiveUpAsync(upstream, head).ConfigureAwait(false);
            throw failure is ForwardException malformed
                ? new RefusedException(
                    _answers.BadRequest, new(malformed.Error, $"The body of the client's request: {malformed.Message}", malformed))
                : failure;
        }

        if (!head.IsCompleted && !exchange.IsUpgrade && _input.IsEmpty)
        {
            await WatchClientAsync(upstream, head).ConfigureAwait(false);
        }

        int length;
        try
        {
            length = await head.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            length = upstream.IsUsed && upstream.Input.IsEmpty
                ? 0
                : throw BadGateway(exchange, "broke the connection before its answer", ForwardError.ConnectionClosed, e);
        }

        return length >= 0 ? length : throw BadGateway(
            exchange,
            length == -1 ? "hung up within the head of its answer" : $"sent a head of more than {HttpInput.MaxHeadLength} bytes");
    }

    /// <summary>Passes on that the client has ended its direction, or is gone, while the target thinks.</summary>
    /// <remarks>A client that sends its next request early is well. Its bytes stay read ahead, and no more are read.</remarks>
    private async Task WatchClientAsync(HttpUpstream upstream, Task<int> head)
    {
        Task<int> next = _input.BeginFill(_stop);
        if (await Task.WhenAny(head, next).ConfigureAwait(false) == head)
        {
            return;
        }

        int count;
        try
        {
            count = await next.ConfigureAwait(false);
        }
        catch (IOException)
        {
            await GiveUpAsync(upstream, head).ConfigureAwait(false);
            throw;
        }

        if (count == 0)
        {
            try
            {
                await upstream.Connection.CompleteWritesAsync(_stop).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The target is gone, which whoever waits for its answer is about to learn.
            }
        }
    }

    private static async Task GiveUpAsync(HttpUpstream upstream, Task head)
    {
        upstream.Connection.Abort();
        await head.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private RefusedException BadGateway(
        HttpExchange exchange, string what, ForwardError error = ForwardError.ProtocolError, Exception? innerException = null) =>
        new(_answers.BadGateway, new(error, $"The target {exchange.Target} {what}.", innerException)
        {
            Target = exchange.Target,
            IsTargetFault = true,
        });

    /// <summary>Passes on what a target answers: any number of interim answers, and the final one.</summary>
    /// <param name="upstream">The target.</param>
    /// <param name="upload">The request, which may be on its way still.</param>
    /// <param name="exchange">The request's nature.</param>
    /// <param name="length">The length of the first head.</param>
    /// <param name="giveUp">Stops the request.</param>
    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> AnswerAsync(
        HttpUpstream upstream, Task<HttpUpload> upload, HttpExchange exchange, int length, CancellationTokenSource? giveUp)
    {
        while (true)
        {
            if (length == 0)
            {
                throw BadGateway(exchange, "hung up without an answer", ForwardError.ConnectionClosed);
            }

            HttpHeadError error = _response.ReadResponse(upstream.Input.Buffered[..length]);
            if (error != HttpHeadError.None)
            {
                throw BadGateway(exchange, $"sent a head that is not one of HTTP/1.1: {error}");
            }

            if (_response.StatusCode == 101)
            {
                await UpgradeAsync(upstream, upload, exchange, length).ConfigureAwait(false);
                return false;
            }

            if (_response.StatusCode >= 200)
            {
                break;
            }

            if (!exchange.IsOld)
            {
                WriteStatusLine("HTTP/1.1 "u8);
                WriteFields(_responseHead, _response);
                _responseHead.Write("\r\n"u8);
                await _responseHead.SendAsync(_client.Stream, default, _stop).ConfigureAwait(false);
            }

            upstream.Input.Consume(length);
            length = await ReadResponseHeadAsync(upstream, upload, exchange).ConfigureAwait(false);
        }

        return await FinishAsync(upstream, upload, exchange, length, giveUp).ConfigureAwait(false);
    }

    /// <summary>Passes on the final answer.</summary>
    private async Task<bool> FinishAsync(
        HttpUpstream upstream, Task<HttpUpload> upload, HttpExchange exchange, int length, CancellationTokenSource? giveUp)
    {
        HttpHeadError error = _response.ReadResponseFraming(exchange.IsHead, out HttpFraming framing);
        if (error != HttpHeadError.None)
        {
            throw BadGateway(exchange, $"left open where its answer ends: {error}");
        }

        // A client that still owes a part of its request cannot send another; one that has to know the end by the connection's neither.
        bool isLast = exchange.IsLast || framing.Kind == HttpFramingKind.UntilClose || !exchange.Body.IsComplete;
        bool canServeMore = _response.MinorVersion > 0 && framing.Kind != HttpFramingKind.UntilClose
            && !_response.ListHas(HttpFieldKind.Connection, "close"u8);
        WriteResponse(exchange, framing, isLast);
        upstream.Input.Consume(length);
        await DownloadAsync(new HttpBody(upstream.Input, framing, keepsChunks: !exchange.IsOld), exchange).ConfigureAwait(false);

        if (!exchange.Body.IsComplete)
        {
            await StopAsync(upload, giveUp).ConfigureAwait(false);
            await LingerAsync().ConfigureAwait(false);
            return false;
        }

        if (!await IsSentAsync(upload).ConfigureAwait(false))
        {
            await StopAsync(upload, giveUp).ConfigureAwait(false);
        }
        else if (!isLast && canServeMore && upstream.Input.IsEmpty)
        {
            upstream.Rest(_stop);
        }
        else
        {
            await DropUpstreamAsync().ConfigureAwait(false);
        }

        _requestHead.Dispose();
        return !isLast;
    }

    /// <summary>Whether the whole request went out. All of it was read, and a target that has answered has most likely read it
    /// too.</summary>
    private async Task<bool> IsSentAsync(Task<HttpUpload> upload)
    {
        try
        {
            return await upload.WaitAsync(UploadPatience, _host.Time, _stop).ConfigureAwait(false) == default;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void WriteStatusLine(ReadOnlySpan<byte> version)
    {
        _responseHead.Dispose();
        _responseHead.Write(version);
        _responseHead.Write(_response.StatusCode);
        _responseHead.Write(" "u8);
        _responseHead.Write(_response.Reason);
        _responseHead.Write("\r\n"u8);
    }

    private void WriteResponse(HttpExchange exchange, HttpFraming framing, bool isLast)
    {
        HttpOutput head = _responseHead;
        WriteStatusLine(exchange.IsOld ? "HTTP/1.0 "u8 : "HTTP/1.1 "u8);
        WriteFields(head, _response);
        switch (framing.Kind)
        {
            case HttpFramingKind.Length:
                WriteLength(head, framing.Length);
                break;
            case HttpFramingKind.Chunked when !exchange.IsOld:
                head.WriteField("Transfer-Encoding"u8, "chunked"u8);
                break;
            case HttpFramingKind.None when _response.StatusCode != 204:
                // To HEAD, and of 304: what the body would be like.
                if (_response.ContentLength is { } length)
                {
                    WriteLength(head, length);
                }
                else if (!exchange.IsOld && _response.Has(HttpFieldKind.TransferEncoding))
                {
                    head.WriteField("Transfer-Encoding"u8, "chunked"u8);
                }

                break;
        }

        if (isLast)
        {
            head.WriteField("Connection"u8, "close"u8);
        }

        head.Write("\r\n"u8);
    }

    /// <summary>Sends the head that was written, and the body. Once the head is out, a body that breaks off can only be shown by breaking
    /// off as well.</summary>
    private async Task DownloadAsync(HttpBody body, HttpExchange exchange)
    {
        ReadOnlyMemory<byte> piece;
        try
        {
            piece = body.TakeBuffered();
        }
        catch (ForwardException)
        {
            throw BadGateway(exchange, "sent a chunked body that is not one");
        }

        await _responseHead.SendAsync(_client.Stream, piece, _stop).ConfigureAwait(false);
        _responseHead.Dispose();
        while (true)
        {
            if (!piece.IsEmpty)
            {
                _host.CountBytes(fromClient: false, piece.Length);
            }

            try
            {
                piece = await body.ReadAsync(_stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                throw new ForwardException(
                    (e as ForwardException)?.Error ?? ForwardError.ConnectionClosed,
                    $"The body of the answer of {exchange.Target}: {e.Message}",
                    e) { Target = exchange.Target, IsTargetFault = true };
            }

            if (piece.IsEmpty)
            {
                return;
            }

            await SendAsync(piece).ConfigureAwait(false);
        }
    }

    /// <summary>Passes on that the protocol changes, and relays what it is from there on.</summary>
    private async Task UpgradeAsync(HttpUpstream upstream, Task<HttpUpload> upload, HttpExchange exchange, int length)
    {
        if (!exchange.IsUpgrade)
        {
            throw BadGateway(exchange, "changed the protocol unasked");
        }

        WriteStatusLine("HTTP/1.1 "u8);
        WriteFields(_responseHead, _response);
        WriteUpgrade(_responseHead, _response);
        _responseHead.Write("\r\n"u8);
        upstream.Input.Consume(length);
        await _responseHead.SendAsync(_client.Stream, default, _stop).ConfigureAwait(false);
        await upload.ConfigureAwait(false); // has no body to wait for

        IConnection client = TakeClient();
        IConnection target = PrefixedConnection.Create(upstream.Input.Buffered.Span, upstream.Connection);
        upstream.Input.Dispose();
        _requestHead.Dispose();
        _responseHead.Dispose();
        _upstream = null; // the host's from now on
        await _host.RelayAsync(client, target, exchange.Target).ConfigureAwait(false);
    }

    /// <summary>Ends an exchange with an answer of our own, which has to wait until nothing reads from the client any more.</summary>
    private sealed class RefusedException(ReadOnlyMemory<byte> answer, ForwardException reason) : Exception(reason.Message, reason)
    {
        public ReadOnlyMemory<byte> Answer { get; } = answer;

        public ForwardException Reason { get; } = reason;
    }
}

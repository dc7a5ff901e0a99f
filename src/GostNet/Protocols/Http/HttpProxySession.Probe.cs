using System.Globalization;
using System.Net;
using System.Text;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>What somebody without a login gets (proxies, section 1.3).</summary>
internal sealed partial class HttpProxySession
{
    private const int FileBufferLength = 16 * 1024;

    private static ReadOnlySpan<byte> ServerName => "nginx/1.14.1"u8;

    /// <summary>Answers 407, or as somebody who is no proxy would.</summary>
    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> RejectAsync(HttpTarget target, int length, ForwardError error)
    {
        var refusal = new ForwardException(
            error,
            error == ForwardError.AuthenticationRequired ? "The client sent no login." : "The client sent a login that is not valid.");
        if (_options.ProbeResist is not { } probe || IsKnock(target))
        {
            _isKnown = true; // it knows where it is
            await HangUpAsync(_request.ListHas(HttpFieldKind.ProxyConnection, "keep-alive"u8)
                ? _answers.LoginRequiredElsewhere
                : _answers.LoginRequired).ConfigureAwait(false);
            throw refusal;
        }

        _refusal = refusal;
        bool goesOn = await AnswerProbeAsync(probe, target, length).ConfigureAwait(false);
        return goesOn;
    }

    private bool IsKnock(HttpTarget target) =>
        _options.Knock is { Length: > 0 } knock && target.EndPoint is { } endPoint
        && string.Equals(endPoint.Host, knock, StringComparison.OrdinalIgnoreCase);

    private async Task<bool> AnswerProbeAsync(HttpProbeResist probe, HttpTarget target, int length)
    {
        bool isHead = _request.Method.SequenceEqual("HEAD"u8);
        bool goesOn = _request.ReadRequestFraming(out HttpFraming framing) == HttpHeadError.None && !framing.HasBody
            && _request.MinorVersion > 0 && !_request.ListHas(HttpFieldKind.Connection, "close"u8)
            && !_request.Method.SequenceEqual("CONNECT"u8);
        if (probe.Kind == HttpProbeKind.Host)
        {
            WriteReplay(target);
            _input.Consume(length);
            return await ReplayAsync(probe.Host!).ConfigureAwait(false);
        }

        _input.Consume(length);
        switch (probe.Kind)
        {
            case HttpProbeKind.Code:
                await SendProbeAsync(probe.StatusCode, default, isHead).ConfigureAwait(false);
                return await EndProbeAsync(goesOn && probe.StatusCode == 200).ConfigureAwait(false);
            case HttpProbeKind.Web:
                (int statusCode, byte[] body) = await FetchPageAsync().ConfigureAwait(false);
                await SendProbeAsync(statusCode, body, isHead).ConfigureAwait(false);
                return await EndProbeAsync(goesOn && statusCode == 200).ConfigureAwait(false);
            default:
                bool isThere = await SendFileAsync(probe.FileName!, isHead).ConfigureAwait(false);
                return await EndProbeAsync(goesOn && isThere).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on after an answer that says so. GOST says so and hangs up.</summary>
    private async Task<bool> EndProbeAsync(bool goesOn)
    {
        if (!goesOn)
        {
            await LingerAsync().ConfigureAwait(false);
        }

        return goesOn;
    }

    private async Task<(int StatusCode, byte[] Body)> FetchPageAsync()
    {
        try
        {
            return await _page!.GetAsync(_host.Time, _stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return ((int)HttpStatusCode.ServiceUnavailable, []);
        }
    }

    private async Task<bool> SendFileAsync(string name, bool isHead)
    {
        FileStream file;
        try
        {
            file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await SendProbeAsync((int)HttpStatusCode.ServiceUnavailable, default, isHead).ConfigureAwait(false);
            return false;
        }

        await using (file.ConfigureAwait(false))
        {
            long remaining = file.Length;
            WriteProbeHead((int)HttpStatusCode.OK, remaining);
            await _responseHead.SendAsync(_client.Stream, default, _stop).ConfigureAwait(false);
            byte[] buffer = new byte[isHead ? 0 : (int)Math.Min(FileBufferLength, remaining)];
            while (!isHead && remaining > 0)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, remaining));
                await file.ReadExactlyAsync(piece, _stop).ConfigureAwait(false);
                await SendAsync(piece).ConfigureAwait(false);
                remaining -= piece.Length;
            }
        }

        return true;
    }

    private async Task SendProbeAsync(int statusCode, ReadOnlyMemory<byte> body, bool isHead)
    {
        WriteProbeHead(statusCode, body.Length);
        bool hasBody = !isHead && statusCode is not (204 or 304);
        await _responseHead.SendAsync(_client.Stream, hasBody ? body : default, _stop).ConfigureAwait(false);
    }

    /// <summary>Writes a head with the fields of GOST's, and the time of the world (gost v2 has local time there).</summary>
    private void WriteProbeHead(int statusCode, long length)
    {
        HttpOutput head = _responseHead;
        head.Dispose();
        using var known = new HttpResponseMessage((HttpStatusCode)statusCode); // knows the words
        head.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {statusCode} {known.ReasonPhrase}\r\nDate: {_host.Time.GetUtcNow():r}\r\n")));
        head.WriteField("Server"u8, ServerName);
        if (statusCode is not (204 or 304))
        {
            WriteLength(head, length);
        }

        if (statusCode == 200)
        {
            head.WriteField("Connection"u8, "keep-alive"u8);
        }

        head.Write("\r\n"u8);
    }

    /// <summary>Writes the request as a server would have got it: everything but what is for a proxy, and of the target only path and
    /// query.</summary>
    private void WriteReplay(HttpTarget target)
    {
        HttpOutput head = _requestHead;
        head.Dispose();
        head.Write(_request.Method);
        head.Write(" "u8);
        if (target.Form == HttpTargetForm.Absolute)
        {
            WritePath(head, target);
        }
        else
        {
            head.Write(_request.Target);
        }

        head.Write(_request.MinorVersion > 0 ? " HTTP/1.1\r\n"u8 : " HTTP/1.0\r\n"u8);
        foreach (HttpField field in _request.Fields)
        {
            if (field.Kind is not (HttpFieldKind.Proxy or HttpFieldKind.ProxyAuthorization or HttpFieldKind.ProxyConnection))
            {
                head.WriteField(_request.Name(field), _request.Value(field));
            }
        }

        head.Write("\r\n"u8);
    }

    /// <summary>Lets another server answer this request, and whatever follows it.</summary>
    private async Task<bool> ReplayAsync(HostEndPoint server)
    {
        IConnection connection;
        try
        {
            connection = await _options.ProbeDialer!.DialAsync(server, _stop).ConfigureAwait(false);
        }
        catch (ForwardException)
        {
            await SendProbeAsync((int)HttpStatusCode.ServiceUnavailable, default, isHead: false).ConfigureAwait(false);
            return await EndProbeAsync(goesOn: false).ConfigureAwait(false);
        }

        try
        {
            await _requestHead.SendAsync(connection.Stream, default, _stop).ConfigureAwait(false);
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _requestHead.Dispose();
        await _host.RelayAsync(TakeClient(), connection, server).ConfigureAwait(false);
        return false;
    }
}

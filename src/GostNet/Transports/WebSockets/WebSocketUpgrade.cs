using System.Text;
using GostNet.Internal.Http;

namespace GostNet.Transports.WebSockets;

/// <summary>The heads by which HTTP becomes a WebSocket (RFC 6455, section 4), byte for byte as GOST has them (transports, section
/// 5.3).</summary>
internal static class WebSocketUpgrade
{
    /// <summary>How messages are compressed, if they are: each by itself (RFC 7692, section 7.1.1).</summary>
    public const string Compression = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private const string Version = "13";
    private const StringComparison Case = StringComparison.OrdinalIgnoreCase;

    private static readonly string[] OwnFields = ["Host", "User-Agent", "Connection", "Upgrade", "Content-Length", "Transfer-Encoding"];

    /// <summary>What the server answers to a key.</summary>
    public static string Accept(string key) => WebSocketKey.Accept(Encoding.ASCII.GetBytes(key));

    /// <summary>Prepares the writing of requests, for which only the key is missing. After Host and User-Agent the fields are in the order
    /// of the alphabet, as Go sends them.</summary>
    /// <exception cref="ArgumentException">An option has what cannot be sent.</exception>
    public static Func<string, byte[]> PrepareRequest(WebSocketClientOptions options, string host)
    {
        CheckPath(options.Path);
        Check(host.Length > 0 && IsVisible(host), nameof(options.Host), host, "a host, or host:port");
        Check(IsValue(options.UserAgent), nameof(options.UserAgent), options.UserAgent, "ASCII without control characters");
        foreach ((string name, string value) in options.Headers)
        {
            Check(
                IsToken(name) && !OwnFields.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase),
                nameof(options.Headers),
                name,
                "the name of a field that is not set otherwise");
            Check(IsValue(value), nameof(options.Headers), name, "a value of ASCII without control characters");
        }

        const string KeyName = "Sec-WebSocket-Key";
        List<KeyValuePair<string, string>> fields =
        [
            new("Connection", "Upgrade"), new(KeyName, ""), new("Sec-WebSocket-Version", Version), new("Upgrade", "websocket"),
            .. options.Compression ? [new KeyValuePair<string, string>("Sec-WebSocket-Extensions", Compression)] : options.Headers[..0],
            .. options.Headers,
        ];
        string start = $"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\n"
            + (options.UserAgent.Length > 0 ? $"User-Agent: {options.UserAgent}\r\n" : "");
        KeyValuePair<string, string>[] sorted = [.. fields.OrderBy(field => field.Key, StringComparer.OrdinalIgnoreCase)];
        return key => Encoding.ASCII.GetBytes(
            start + string.Concat(sorted.Select(field => $"{field.Key}: {(field.Key == KeyName ? key : field.Value)}\r\n")) + "\r\n");
    }

    /// <summary>Sees to it that a path can be asked for.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void CheckPath(string path) =>
        Check(path.StartsWith('/') && IsVisible(path), nameof(WebSocketServerOptions.Path), path, "a path that begins with /");

    /// <summary>Writes the answer to a request that becomes a WebSocket.</summary>
    public static byte[] WriteResponse(string key, bool isCompressed) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Accept: {Accept(key)}\r\n"
        + (isCompressed ? $"Sec-WebSocket-Extensions: {Compression}\r\n" : "") + "\r\n");

    /// <summary>Writes the answer to another one. The connection ends with it.</summary>
    public static byte[] WriteRefusal(WebSocketRefusal refusal)
    {
        string text = refusal.Reason + "\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {refusal.Status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length}\r\n"
            + (refusal.Status.StartsWith("405", StringComparison.Ordinal) ? "Allow: GET\r\n" : "")
            + (refusal.Status.StartsWith("404", StringComparison.Ordinal) ? "" : $"Sec-WebSocket-Version: {Version}\r\n")
            + $"Connection: close\r\n\r\n{text}");
    }

    /// <summary>Looks at a request.</summary>
    /// <param name="head">It.</param>
    /// <param name="options">What is served.</param>
    /// <param name="key">The client's key, if the request is good.</param>
    /// <param name="isCompressed">Whether messages are to be compressed.</param>
    /// <returns>Why it does not become a WebSocket, or <see langword="null"/>.</returns>
    public static WebSocketRefusal? ReadRequest(HttpHead head, WebSocketServerOptions options, out string key, out bool isCompressed)
    {
        (key, isCompressed) = ("", false);
        if (!IsServed(head.Target, options.Path))
        {
            return new("404 Not Found", "404 page not found");
        }

        if (head.ReadRequestFraming(out HttpFraming framing) != HttpHeadError.None || framing.HasBody)
        {
            return Bad("The request has a body.");
        }

        if (!head.Method.SequenceEqual("GET"u8))
        {
            return new("405 Method Not Allowed", "Only GET becomes a WebSocket.");
        }

        if (head.MinorVersion == 0 || !head.ListHas(HttpFieldKind.Connection, "upgrade"u8)
            || !head.ListHas(HttpFieldKind.Upgrade, "websocket"u8))
        {
            return Bad("The request asks for no upgrade to a WebSocket.");
        }

        if (!TryGetSingle(head, "Sec-WebSocket-Version", out string version) || version != Version)
        {
            return Bad("The version of WebSocket is not 13.");
        }

        if (!TryGetSingle(head, "Sec-WebSocket-Key", out key) || !IsKey(key))
        {
            return Bad("Sec-WebSocket-Key is not 16 bytes in Base64.");
        }

        foreach (HttpField field in head.Fields)
        {
            if (Is(head, field, "Origin")
                && !options.AllowedOrigins.Contains(Encoding.ASCII.GetString(head.Value(field)), StringComparer.OrdinalIgnoreCase))
            {
                return new("403 Forbidden", "Pages of that origin may not connect.");
            }
        }

        isCompressed = options.Compression && OffersCompression(head);
        return null;
    }

    /// <summary>Looks at a response with status 101.</summary>
    /// <param name="head">It.</param>
    /// <param name="key">The key that it answers to.</param>
    /// <param name="mayCompress">Whether compression was offered.</param>
    /// <param name="isCompressed">Whether messages are to be compressed.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? ReadResponse(HttpHead head, string key, bool mayCompress, out bool isCompressed)
    {
        isCompressed = false;
        if (!head.ListHas(HttpFieldKind.Upgrade, "websocket"u8) || !head.ListHas(HttpFieldKind.Connection, "upgrade"u8))
        {
            return "does not upgrade to a WebSocket";
        }

        if (!TryGetSingle(head, "Sec-WebSocket-Accept", out string accept) || accept != Accept(key))
        {
            return "has the wrong Sec-WebSocket-Accept";
        }

        foreach (HttpField field in head.Fields)
        {
            if (Is(head, field, "Sec-WebSocket-Protocol"))
            {
                return "chooses a subprotocol, and none was offered";
            }

            if (Is(head, field, "Sec-WebSocket-Extensions"))
            {
                if (!mayCompress || isCompressed || !AgreesToCompression(Encoding.ASCII.GetString(head.Value(field))))
                {
                    return "chooses an extension that was not offered";
                }

                isCompressed = true;
            }
        }

        return null;
    }

    private static WebSocketRefusal Bad(string reason) => new("400 Bad Request", reason);

    private static bool IsServed(ReadOnlySpan<byte> target, string path)
    {
        int query = target.IndexOf((byte)'?');
        target = query < 0 ? target : target[..query];
        return Ascii.Equals(path.EndsWith('/') && target.Length > path.Length ? target[..path.Length] : target, path);
    }

    private static bool IsKey(string text)
    {
        Span<byte> key = stackalloc byte[WebSocketKinship.KeyLength];
        return text.Length == 24 && Convert.TryFromBase64String(text, key, out int count) && count == key.Length;
    }

    /// <summary>Whether one of the offers is for compression as it is done here. A server may choose in any case that neither side keeps a
    /// context (RFC 7692, section 7.1.1); but this one does not keep to a smaller window (section 7.1.2).</summary>
    private static bool OffersCompression(HttpHead head)
    {
        foreach (HttpField field in head.Fields)
        {
            if (!Is(head, field, "Sec-WebSocket-Extensions"))
            {
                continue;
            }

            foreach (string offer in Encoding.ASCII.GetString(head.Value(field)).Split(','))
            {
                string[] words = Words(offer);
                if (IsName(words[0]) && words[1..].All(word => IsNoTakeover(word) || word.Equals("client_max_window_bits", Case)
                    || word.StartsWith("client_max_window_bits=", Case)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool AgreesToCompression(string text)
    {
        string[] words = Words(text);
        return IsName(words[0]) && words.Length == 3 && words[1..].All(IsNoTakeover) && !words[1].Equals(words[2], Case);
    }

    private static string[] Words(string text) => text.Split(';', StringSplitOptions.TrimEntries);

    private static bool IsName(string word) => word.Equals("permessage-deflate", Case);

    private static bool IsNoTakeover(string word) =>
        word.Equals("server_no_context_takeover", Case) || word.Equals("client_no_context_takeover", Case);

    private static bool TryGetSingle(HttpHead head, string name, out string value)
    {
        value = "";
        int count = 0;
        foreach (HttpField field in head.Fields)
        {
            if (Is(head, field, name))
            {
                value = Encoding.ASCII.GetString(head.Value(field));
                count++;
            }
        }

        return count == 1;
    }

    private static bool Is(HttpHead head, HttpField field, string name) => Ascii.EqualsIgnoreCase(head.Name(field), name);

    private static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static bool IsValue(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsToken(string text) => text.Length > 0 && text.All(c => c < 0x80 && HttpHead.IsTokenByte((byte)c));

    private static void Check(bool isRight, string option, string value, string expected)
    {
        if (!isRight)
        {
            throw new ArgumentException($"The WebSocket's {option} is '{value}'; write {expected}.");
        }
    }
}

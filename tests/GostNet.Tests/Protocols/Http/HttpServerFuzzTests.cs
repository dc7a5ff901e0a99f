using System.Buffers;
using System.Globalization;
using System.Text;
using GostNet.Internal.Http;
using GostNet.Protocols.Http;

namespace GostNet.Tests.Protocols.Http;

/// <summary>Valid heads and bodies, bent at random with a fixed seed. GOSTNET_FUZZ_CASES sets how many.</summary>
public sealed class HttpServerFuzzTests : HttpProxyTests
{
    private const int Seed = 20250311;

    private static readonly int Cases =
        int.TryParse(Environment.GetEnvironmentVariable("GOSTNET_FUZZ_CASES"), CultureInfo.InvariantCulture, out int cases) ? cases : 100_000;

    private static readonly string[] Heads =
    [
        "GET http://a.example:8080/x?y HTTP/1.1\r\nHost: a.example\r\nConnection: close, x\r\nX: y\r\n\r\n",
        "POST http://[::1]/ HTTP/1.1\r\nHost: a\r\nContent-Length: 12, 12\r\nContent-Length: 12\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECT a.example:443 HTTP/1.0\r\nProxy-Authorization: Basic YTpi\r\nProxy-Connection: keep-alive\r\n\r\n",
        "GET /x?y HTTP/1.1\r\nHost: a.example:8080\r\nGost-Target: Hu9xXVlTNWk\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n",
        "HTTP/1.0 404 Not Found\nTransfer-Encoding: chunked\nUpgrade: websocket\n\n",
        "\r\n\r\n",
    ];

    private static readonly string[] Bodies =
    [
        "5\r\nhello\r\n0\r\n\r\nGET /",
        "a;b=c\r\n0123456789\r\n3 ; x\r\nabc\r\n000\r\nT: 1\r\nU: \r\n\r\n",
        "FFFF\r\nabc",
        "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\nTrailer-Name: value\r\n\r\n\r\n",
    ];

    // What makes a difference to these parsers.
    private static readonly string Likely = "\r\n\n\r \t:;,0159afAF-+_\"/?@[]%\0\u007f\u0080\u00ffHTTP";

    private static readonly SearchValues<byte> NoName = SearchValues.Create(" \t\r\n:\0"u8);

    private static readonly SearchValues<byte> NoValue = SearchValues.Create("\r\n\0"u8);

    [Fact]
    public void Heads_OfAnything_AreReadOrRefused()
    {
        Random random = new(Seed);
        HttpHead head = new();
        int read = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = Bend(random, Heads);
            int length = HttpLines.FindHeadEnd(bytes, 0);
            ReadOnlyMemory<byte> whole = length < 0 ? bytes : bytes.AsMemory(0, length);
            if (head.ReadRequest(whole) == HttpHeadError.None)
            {
                read++;
                CheckFields(head, whole, isRequest: true);
                HttpTarget target = head.Method.SequenceEqual("CONNECT"u8) ? HttpTarget.OfConnect(head.Target) : HttpTarget.OfRequest(head.Target);
                _ = head.Target[target.Authority].Length + head.Target[target.Path].Length;
                if (target.EndPoint is { } endPoint)
                {
                    Assert.Equal(endPoint, HostEndPoint.Parse(endPoint.ToString()));
                }

                if (head.TryGetSingle(HttpFieldKind.Host, out ReadOnlySpan<byte> host)
                    && HttpTarget.OfOrigin(head.Target, host) is { EndPoint: { } origin } direct)
                {
                    Assert.Equal(origin, HostEndPoint.Parse(origin.ToString()));
                    Assert.Equal((byte)'/', head.Target[direct.Path] is [var first, ..] ? first : (byte)'/');
                }

                CheckFraming(head, head.ReadRequestFraming(out HttpFraming framing), framing, i);
                if (head.TryGetSingle(HttpFieldKind.ProxyAuthorization, out ReadOnlySpan<byte> login))
                {
                    BasicLogin.TryRead(login, out _, out _);
                }
            }
            else if (head.ReadResponse(whole) == HttpHeadError.None)
            {
                read++;
                CheckFields(head, whole, isRequest: false);
                Assert.InRange(head.StatusCode, 100, 999);
                CheckFraming(head, head.ReadResponseFraming(random.Next(2) == 0, out HttpFraming framing), framing, i);
            }
        }

        Assert.InRange(read, Cases / 20, Cases);
    }

    [Fact]
    public void ChunkedBodies_OfAnything_AreReadAlikeHoweverTheyAreCut()
    {
        Random random = new(Seed);
        int complete = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = Bend(random, Bodies);
            (string? chunks, int used, bool isComplete) = Filter(bytes, keepsChunks: true, random: null);
            (string? inPieces, int usedInPieces, _) = Filter(bytes, keepsChunks: true, random);
            (string? data, _, _) = Filter(bytes, keepsChunks: false, random);
            if (chunks != inPieces || (chunks is null) != (data is null) || used != usedInPieces)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(bytes)}: '{chunks}' {used}, in pieces '{inPieces}' {usedInPieces}, data '{data}'.");
            }

            if (isComplete)
            {
                complete++;
                // What goes on is a body by itself, with the same data in it, and nothing else.
                (string? again, int length, bool isWhole) = Filter(Encoding.Latin1.GetBytes(chunks!), keepsChunks: false, random: null);
                Assert.Equal((data, chunks!.Length, true), (again, length, isWhole));
            }
        }

        Assert.InRange(complete, Cases / 20, Cases);
    }

    [Fact]
    public async Task Server_OfAnything_AnswersOrHangsUp()
    {
        Random random = new(Seed);
        int cases = Math.Max(Cases / 100, 1);
        for (int i = 0; i < cases; i++)
        {
            byte[] request = [.. Bend(random, Heads), .. Bend(random, Bodies)];

            (string answer, Exception? failure) = await AskAsync(Encoding.Latin1.GetString(request));

            // Nobody listens, so every request ends with an answer of the proxy's own.
            Assert.True(failure is ForwardException or null, $"Case {i}, {Convert.ToHexString(request)}: {failure}");
            Assert.True(
                (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && answer.EndsWith("\r\n\r\n", StringComparison.Ordinal)) || failure is null,
                $"Case {i}, {Convert.ToHexString(request)}: '{answer}'");
        }
    }

    private static void CheckFields(HttpHead head, ReadOnlyMemory<byte> source, bool isRequest)
    {
        Assert.InRange(head.Fields.Length, 0, HttpHead.MaxFields);
        foreach (HttpField field in head.Fields)
        {
            ReadOnlySpan<byte> name = head.Name(field);
            ReadOnlySpan<byte> value = head.Value(field);
            if (name.IsEmpty || name.ContainsAny(NoName) || value.ContainsAny(NoValue)
                || value is [(byte)' ' or (byte)'\t', ..] or [.., (byte)' ' or (byte)'\t'])
            {
                Assert.Fail($"{Convert.ToHexString(source.Span)}: field '{Encoding.Latin1.GetString(name)}'.");
            }
        }

        if (isRequest && source.Span.Count((byte)'\r') != source.Span.Count((byte)'\n'))
        {
            Assert.Fail($"{Convert.ToHexString(source.Span)}: a bare CR or LF.");
        }
    }

    private static void CheckFraming(HttpHead head, HttpHeadError error, HttpFraming framing, int i)
    {
        bool hasBoth = head.Has(HttpFieldKind.TransferEncoding) && head.Has(HttpFieldKind.ContentLength);
        if (error == HttpHeadError.None && (hasBoth || framing.Length < 0
            || (framing.Kind == HttpFramingKind.Chunked && !head.Has(HttpFieldKind.TransferEncoding))))
        {
            Assert.Fail($"Case {i}: {framing}.");
        }
    }

    private static (string? Kept, int Used, bool IsComplete) Filter(byte[] source, bool keepsChunks, Random? random)
    {
        byte[] bytes = [.. source];
        HttpChunkFilter filter = new(keepsChunks);
        StringBuilder all = new();
        int position = 0;
        while (position < bytes.Length && !filter.IsComplete)
        {
            int size = random is null ? bytes.Length - position : random.Next(1, bytes.Length - position + 1);
            Span<byte> piece = bytes.AsSpan(position, size);
            if (filter.Read(piece, out int consumed, out int kept) == OperationStatus.InvalidData)
            {
                return (null, 0, false);
            }

            all.Append(Encoding.Latin1.GetString(piece[..kept]));
            position += consumed;
        }

        return (all.ToString(), position, filter.IsComplete);
    }

    /// <summary>One of the texts with some characters changed, put in, cut out or doubled, or noise.</summary>
    private static byte[] Bend(Random random, string[] texts)
    {
        List<byte> bytes = [.. Encoding.Latin1.GetBytes(texts[random.Next(texts.Length)])];
        if (random.Next(32) == 0)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }

        for (int changes = random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            int position = random.Next(bytes.Count);
            byte other = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)Likely[random.Next(Likely.Length)];
            switch (random.Next(4))
            {
                case 0:
                    bytes[position] = other;
                    break;
                case 1:
                    bytes.Insert(position, other);
                    break;
                case 2:
                    bytes.RemoveRange(position, random.Next(Math.Min(8, bytes.Count - position)) + 1);
                    break;
                default:
                    bytes.InsertRange(position, bytes.GetRange(position, random.Next(Math.Min(40, bytes.Count - position)) + 1));
                    break;
            }
        }

        return [.. bytes];
    }
}

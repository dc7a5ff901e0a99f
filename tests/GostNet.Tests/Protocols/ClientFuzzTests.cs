using System.Buffers;
using System.Net;
using System.Text;
using GostNet.Internal.Http;
using GostNet.Protocols;
using GostNet.Protocols.Http;
using GostNet.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>Valid answers, bent at random with a fixed seed.</summary>
public class ClientFuzzTests
{
    private const int Seed = 20240917;

    private static readonly byte[][] SocksMessages =
    [
        ScriptedPeer.Hex("05 00 00 01 01020304 0050"),
        ScriptedPeer.Hex("05 00 00 04 00000000000000000000000000000001 0001"),
        ScriptedPeer.Hex("05 00 00 03 09 6c6f63616c686f7374 4e70"),
        ScriptedPeer.Hex("05 05 00 01 00000000 0000"),
        ScriptedPeer.Hex("05 00"),
        ScriptedPeer.Hex("05 03 00 02 80"),
        ScriptedPeer.Hex("01 04 75736572 04 70617373"),
        ScriptedPeer.Hex("00 5a 0000 00000000"),
        ScriptedPeer.Hex("04 01 4e70 00000001 6d6500 6578616d706c6500"),
        [],
    ];

    private static readonly byte[][] HttpHeads =
    [
        "HTTP/1.1 200 Connection established\r\nProxy-Agent: gost/2.8.1\r\n\r\nSSH-2.0-banner\r\n\r\n"u8.ToArray(),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"u8.ToArray(),
        "HTTP/1.0 407 Proxy Authentication Required\nProxy-Authenticate: Basic realm=\"gost\"\n\n"u8.ToArray(),
        "\r\n\r\n\n\r\n\n\n\r\r\n"u8.ToArray(),
        [],
    ];

    [Fact]
    public void SocksReaders_Anything_ReadNeitherTooFarNorThrow()
    {
        Random random = new(Seed);
        byte[] space = new byte[640];
        for (int i = 0; i < 135_000; i++)
        {
            ReadOnlySpan<byte> source = Fuzz.Bend(random, SocksMessages, space);
            Check<Socks5Reply>(Socks5Codec.ReadReply, source, random);
            Check<Socks5Request>(Socks5Codec.ReadRequest, source, random);
            Check<Socks5Method>(Socks5Codec.ReadMethod, source, random);
            Check<byte>(Socks5Codec.ReadLoginStatus, source, random);
            Check<Socks4ReplyCode>(Socks4Codec.ReadReply, source, random);
            if (i % 4 == 0)
            {
                Check<Socks5Method[]>(Socks5Codec.ReadGreeting, source, random);
                Check<NetworkCredential?>(Socks5Codec.ReadLogin, source, random);
                Check<Socks4Request>(Socks4Codec.ReadRequest, source, random);
            }
        }
    }

    [Fact]
    public void HttpHeadReader_Anything_EndsWhereTheHeadDoes()
    {
        Random random = new(Seed);
        byte[] space = new byte[640];
        for (int i = 0; i < 250_000; i++)
        {
            ReadOnlySpan<byte> source = Fuzz.Bend(random, HttpHeads, space);
            int end = HttpLines.FindHeadEnd(source, 0);
            int split = random.Next(source.Length + 1);
            int early = HttpLines.FindHeadEnd(source[..split], 0);
            bool inSteps = end == (early >= 0 ? early : HttpLines.FindHeadEnd(source, split));
            bool isFirst = end == FirstEmptyLine(source);
            ReadOnlySpan<byte> head = end < 0 ? source : source[..end];
            bool isRead = HttpConnectCodec.TryReadResponse(head, out HttpConnectResponse response);
            bool isSound = !isRead || (response.StatusCode is >= 100 and <= 999 && response.StatusLine.Length <= 200
                && HttpConnectCodec.MayBeResponse(head) && !response.StatusLine.AsSpan().ContainsAnyExceptInRange(' ', '~'));
            if (!(inSteps && isFirst && isSound))
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(source)}: steps {inSteps}, first {isFirst}, sound {isSound}.");
            }
        }
    }

    [Fact]
    public async Task Connectors_Anything_ConnectOrFailCleanly()
    {
        Random random = new(Seed);
        HostEndPoint target = new("db", 1);
        (IConnector Connector, byte[][] Answers)[] peers =
        [
            (new Socks5Connector("hop1", new("u", "p")),
                [[5, 0, .. SocksMessages[0], .. "payload"u8], [5, 2, 1, 0, .. SocksMessages[2], 1, 2]]),
            (new Socks4Connector("hop1", resolve: null), [[.. SocksMessages[7], .. "payload"u8]]),
            (new HttpConnector("hop1"), HttpHeads),
        ];
        byte[] space = new byte[640];
        int granted = 0;
        for (int i = 0; i < 30_000; i++)
        {
            (IConnector connector, byte[][] answers) = peers[i % peers.Length];
            byte[] answer = Fuzz.Bend(random, answers, space).ToArray();
            ScriptedPeer peer = new(random.Next(4) == 0 ? random.Next(1, 8) : int.MaxValue);
            await peer.SendAsync(answer);
            peer.End();
            try
            {
                IConnection connection = await connector.ConnectAsync(peer.Near, target).OrFail();
                byte[] payload = await ScriptedPeer.ReadToEndAsync(connection);
                Assert.Equal(answer[^payload.Length..], payload);
                granted++;
            }
            catch (ForwardException e)
            {
                Assert.NotEqual(ForwardError.Unknown, e.Error);
            }
        }

        Assert.InRange(granted, 1_000, 29_000);
    }

    private static void Check<T>(MessageReader<T> read, ReadOnlySpan<byte> source, Random random)
    {
        OperationStatus status = read(source, out _, out int length);
        OperationStatus earlier = read(source[..random.Next(source.Length + 1)], out _, out int asked);
        bool isSound = status switch
        {
            // A reader that follows what it is told, from any point on, ends where the message does.
            OperationStatus.Done => length <= source.Length && read(source[..length], out _, out _) == OperationStatus.Done
                && earlier != OperationStatus.InvalidData && asked <= length,
            OperationStatus.NeedMoreData => length > source.Length && length <= Math.Max(Socks5Codec.MaxMessageLength, source.Length + 1)
                && earlier == OperationStatus.NeedMoreData && asked <= length,
            OperationStatus.InvalidData => earlier != OperationStatus.Done,
            _ => false,
        };
        if (!isSound)
        {
            Assert.Fail($"{typeof(T).Name} {Convert.ToHexString(source)}: {status} {length}, earlier {earlier} {asked}.");
        }
    }

    private static int FirstEmptyLine(ReadOnlySpan<byte> source)
    {
        string text = Encoding.Latin1.GetString(source);
        int bare = text.IndexOf("\n\n", StringComparison.Ordinal);
        int full = text.IndexOf("\n\r\n", StringComparison.Ordinal);
        return full >= 0 && (bare < 0 || full < bare) ? full + 3 : bare >= 0 ? bare + 2 : -1;
    }
}

using System.Net;
using GostNet.Protocols.Shadowsocks;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Protocols.Shadowsocks;

/// <summary>Streams and datagrams, bent at random with a fixed seed.</summary>
public sealed class ShadowsocksFuzzTests
{
    private const int Seed = 20240917;

    public static TheoryData<string> Methods => ["chacha20-ietf-poly1305", "aes-128-gcm", "chacha20", "rc4-md5", "aes-256-cfb"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Server_Anything_Ends(string method)
    {
        Random random = new(Seed);
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        InMemoryNetwork network = new();
        await using IListener listener = await network.ListenAsync(new("192.0.2.1", 80));
        Task targets = ServeTargetsAsync(listener);
        byte[] space = new byte[700];
        int served = 0;
        for (int i = 0; i < Fuzz.Cases(2_000); i++)
        {
            byte[] input = Bend(random, key, space);
            ShadowsocksServer server = new(key, new ShadowsocksReplayFilter(), TimeSpan.FromSeconds(10), NullLogger.Instance);
            ServedClient client = new(server, new InMemoryProxyHost(network) { Time = new ManualTimeProvider() });
            try
            {
                for (int sent = 0; sent < input.Length;)
                {
                    int count = random.Next(3) == 0 ? random.Next(1, input.Length - sent + 1) : input.Length - sent;
                    await client.SendAsync(input[sent..(sent + count)]);
                    sent += count;
                }

                await client.Connection.CompleteWritesAsync();
                await client.Connection.ReadToEndAsync().OrFail();
            }
            catch (IOException)
            {
                // The server may end it while the client still speaks.
            }

            try
            {
                await client.Connection.DisposeAsync();
                await client.Serving.OrFail();
                served++;
            }
            catch (IOException)
            {
                // So it ends when the client is to blame.
            }
            catch (Exception e)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(input)}: {e}");
            }
        }

        await listener.DisposeAsync();
        await targets.OrFail();
        Assert.InRange(served, 20, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Client_AnyAnswer_IsReadOrRefused(string method)
    {
        Random random = new(Seed);
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        byte[] space = new byte[700];
        int read = 0;
        for (int i = 0; i < Fuzz.Cases(5_000); i++)
        {
            byte[] answer = Bend(random, key, space);
            ScriptedPeer peer = new(maxRead: random.Next(2) == 0 ? int.MaxValue : random.Next(1, 60));
            await peer.SendAsync(answer);
            peer.End();
            await using ShadowsocksConnection connection =
                ShadowsocksConnection.Open(peer.Near, key, "ss1", [], TimeProvider.System);
            try
            {
                Assert.InRange((await ScriptedPeer.ReadToEndAsync(connection)).Length, 0, answer.Length);
                read++;
            }
            catch (ForwardException)
            {
                // That is what it is for.
            }
        }

        Assert.InRange(read, 20, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void DatagramReader_Anything_NeitherThrowsNorReadsTooFar(string method)
    {
        Random random = new(Seed);
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        byte[] space = new byte[700];
        int opened = 0;
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            byte[] packet = random.Next(2) == 0
                ? Fuzz.Bend(random, [ShadowsocksWire.Datagram(key, 1, [.. ShadowsocksWire.Address, .. "hello"u8])], space).ToArray()
                : ShadowsocksWire.Datagram(key, 1, Plain(random, space));
            if (ShadowsocksDatagramCodec.TryOpen(key, packet, out int addressLength, out int length))
            {
                opened++;
                Assert.InRange(addressLength, 4, length);
                Assert.InRange(length, 4, packet.Length - key.Overhead);
            }
        }

        Assert.InRange(opened, 1000, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task DatagramServer_Anything_LivesOn(string method)
    {
        Random random = new(Seed);
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(method);
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
        byte[] space = new byte[700];
        byte[] buffer = new byte[65_535];
        for (int i = 0; i < Fuzz.Cases(2_000); i++)
        {
            byte[] packet = new byte[scene.Key.Overhead];
            if (random.Next(2) == 0)
            {
                packet = Fuzz.Bend(random, [ShadowsocksWire.Datagram(scene.Key, 1, ShadowsocksWire.Address)], space).ToArray();
            }
            else
            {
                byte[] plain = Plain(random, space);
                packet = [.. new byte[scene.Key.Method.SaltSize], .. plain, .. new byte[scene.Key.Method.TagSize]];
                ShadowsocksDatagramCodec.Seal(scene.Key, packet);
            }

            await port.SendToAsync(packet, server);
            if (i % 50 == 0)
            {
                // The mark comes out behind all that went in before it.
                byte[] mark = [.. new byte[scene.Key.Method.SaltSize], .. ScriptedPeer.Hex($"01 c0000207 0035 {i:x8}"), .. new byte[scene.Key.Method.TagSize]];
                ShadowsocksDatagramCodec.Seal(scene.Key, mark);
                await port.SendToAsync(mark, server);
                int size;
                do
                {
                    size = await target.ReceiveFromAsync(buffer, target.CreateAddress()).OrFail();
                }
                while (size != 4 || System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(buffer) != i);
            }
        }

        Assert.Equal(1, scene.Opened);
    }

    /// <summary>What somebody with the key sends, or without.</summary>
    private static byte[] Bend(Random random, ShadowsocksKey key, byte[] space) => random.Next(2) == 0
        ? Fuzz.Bend(random, [ShadowsocksWire.First(key, 1, [.. ShadowsocksWire.Address, .. "hello"u8]), []], space).ToArray()
        : ShadowsocksWire.First(key, 1, Plain(random, space));

    private static byte[] Plain(Random random, byte[] space) => Fuzz.Bend(
        random,
        [
            [.. ShadowsocksWire.Address, .. "hello"u8],
            ScriptedPeer.Hex("03 0a 64622e6578616d706c65 0050 68656c6c6f"),
            ScriptedPeer.Hex("04 20010db8000000000000000000000001 0050"),
        ],
        space).ToArray();

    /// <summary>Answers as soon as it is asked, and ends.</summary>
    private static async Task ServeTargetsAsync(IListener listener)
    {
        while (await listener.AcceptAsync() is { } target)
        {
            _ = AnswerAsync(target);
        }

        static async Task AnswerAsync(IConnection target)
        {
            await using IConnection owned = target;
            try
            {
                await target.CompleteWritesAsync();
                await target.ReadToEndAsync();
            }
            catch (IOException)
            {
                // The client has gone, or the server took it for somebody else.
            }
        }
    }
}

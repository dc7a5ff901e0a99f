using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Whatever comes, a connection ends with an <see cref="IOException"/>, or lives.</summary>
public class SshFuzzTests
{
    private static readonly byte[][] Messages =
    [
        SshWriter.Message(MessageNumber.ChannelOpen).Text("test").UInt32(5).UInt32(100_000).UInt32(32768).ToArray(),
        SshWriter.Message(MessageNumber.ChannelData).UInt32(0).Text("hello").ToArray(),
        SshWriter.Message(MessageNumber.ChannelExtendedData).UInt32(0).UInt32(1).Text("hello").ToArray(),
        SshWriter.Message(MessageNumber.ChannelWindowAdjust).UInt32(0).UInt32(1000).ToArray(),
        SshWriter.Message(MessageNumber.ChannelEof).UInt32(1).ToArray(),
        SshWriter.Message(MessageNumber.ChannelClose).UInt32(1).ToArray(),
        SshWriter.Message(MessageNumber.ChannelRequest).UInt32(0).Text("env").Boolean(true).ToArray(),
        SshWriter.Message(MessageNumber.ChannelOpenConfirmation).UInt32(0).UInt32(1).UInt32(2).UInt32(32768).ToArray(),
        SshWriter.Message(MessageNumber.ChannelOpenFailure).UInt32(0).UInt32(1).Text("no").Text("").ToArray(),
        SshWriter.Message(MessageNumber.GlobalRequest).Text("tcpip-forward").Boolean(true).Text("host").UInt32(80).ToArray(),
        SshWriter.Message(MessageNumber.RequestSuccess).UInt32(80).ToArray(),
        SshWriter.Message(MessageNumber.ExtInfo).UInt32(1).Text("server-sig-algs").Text("a,b").ToArray(),
        SshWriter.Message(MessageNumber.Debug).Boolean(true).Text("a").Text("").ToArray(),
        SshWriter.Message(MessageNumber.Disconnect).UInt32(11).Text("bye").Text("").ToArray(),
        SshWriter.Message(MessageNumber.KexClientValue).String(new byte[32]).ToArray(),
        SshWriter.Message(MessageNumber.KexServerValue).String(new byte[51]).String(new byte[32]).String(new byte[83]).ToArray(),
        [MessageNumber.NewKeys],
    ];

    [Fact]
    public async Task Messages_Bent_EndTheConnectionOrNot()
    {
        var random = new Random(20);
        byte[] space = new byte[4096];
        for (int left = Fuzz.Cases(10_000); left > 0;)
        {
            await using SshPeer peer = await (left % 2 == 0 ? SshPeer.StartServerAsync() : SshPeer.StartClientAsync());
            SshConnection connection = await peer.LogInAsync();
            byte[] batch = [];
            for (int i = 0; i < 200; i++, left--)
            {
                byte[] payload = Fuzz.Bend(random, Messages, space).ToArray();
                batch = payload.Length == 0 ? batch : [.. batch, .. peer.Seal(payload)];
            }

            await EndAsync(peer, connection, batch);
        }
    }

    [Fact]
    public async Task Bytes_Bent_EndTheConnection()
    {
        var random = new Random(21);
        byte[] space = new byte[64 * 1024];
        for (int left = Fuzz.Cases(10_000) / 20; left > 0; left--)
        {
            await using SshPeer peer = await SshPeer.StartClientAsync();
            SshConnection connection = await peer.LogInAsync();
            byte[][] packets = [peer.Seal(Messages[0]), peer.Seal(Messages[1])];
            await EndAsync(peer, connection, [.. Fuzz.Bend(random, packets, space).ToArray(), .. packets[1]]);
        }
    }

    [Fact]
    public async Task Beginnings_Bent_EndTheConnection()
    {
        var random = new Random(22);
        byte[] space = new byte[64 * 1024];
        for (int left = Fuzz.Cases(10_000) / 20; left > 0; left--)
        {
            await using SshPeer peer = await (left % 2 == 0 ? SshPeer.StartServerAsync() : SshPeer.StartClientAsync());
            byte[] version = "SSH-2.0-Peer\r\n"u8.ToArray();
            byte[] offer = peer.Seal(peer.Offer().Write());
            byte[] bent = Fuzz.Bend(random, [[.. version, .. offer], [.. version, .. offer, .. offer]], space).ToArray();
            await EndAsync(peer, connection: null, bent);
        }
    }

    private static async Task EndAsync(SshPeer peer, SshConnection? connection, byte[] bytes)
    {
        Exception? sending = await Record.ExceptionAsync(() => peer.SendRawAsync(bytes));
        Assert.True(sending is null or IOException, sending?.ToString());
        await peer.Wire.DisposeAsync();
        if (connection is null)
        {
            Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => peer.Result));
            return;
        }

        await connection.Completion.OrFail();
        Assert.True(connection.Error is null or SshException or IOException { InnerException: null }, connection.Error?.ToString());
    }
}

using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Packets cost no memory of their own. Alone, because all others allocate too.</summary>
[CollectionDefinition(nameof(SshAllocationTests), DisableParallelization = true)]
[Collection(nameof(SshAllocationTests))]
public class SshAllocationTests
{
    private const int Packets = 15_000;
    private const int PacketSize = 100;

    [Theory]
    [InlineData("aes128-gcm@openssh.com")]
    [InlineData("chacha20-poly1305@openssh.com")]
    public async Task Write_ManyPackets_AllocatesNothing(string cipher)
    {
        List<HeldConnection> carriers = [];
        SshPair pair = await SshPair.StartAsync(
            SshPair.ClientSettings with { Algorithms = SshPair.ClientSettings.Algorithms with { Ciphers = [cipher] } },
            wrap: connection =>
            {
                carriers.Add(new(connection));
                return carriers[^1];
            });
        (IConnection client, _) = await pair.OpenAsync();
        carriers[0].Drop();
        byte[] data = new byte[4096];
        await client.Stream.WriteAsync(data); // done at once, by this thread: the connection takes everything
        long allocated = MeasureWrites(client.Stream, data, 400);
        Assert.InRange(allocated, 0, 400 * 2);
        pair.Client.Abort();
        pair.Server.Abort();
        await pair.DisposeAsync();
    }

    [Fact]
    public async Task Read_ManyPackets_AllocatesNothing()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync(SshWriter.Message(MessageNumber.ChannelOpen).Text("test").UInt32(0).UInt32(0).UInt32(32768));
        await peer.ReceiveAsync(MessageNumber.ChannelOpenConfirmation);
        IConnection channel = await peer.Handler.AcceptAsync();
        byte[] message = SshWriter.Message(MessageNumber.ChannelData).UInt32(0).String(new byte[PacketSize]).ToArray();
        using var packets = new MemoryStream();
        for (int i = 0; i < Packets; i++)
        {
            packets.Write(peer.Seal(message));
        }

        Task sending = peer.SendRawAsync(packets.ToArray());
        byte[] buffer = new byte[64 * 1024];
        int left = Packets * PacketSize;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        while (left > 0)
        {
            left -= await channel.Stream.ReadAsync(buffer);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        await sending;

        // What there is comes from the connection in memory, for each read of many packets, and from arrays that are rented once.
        Assert.InRange(allocated / (double)Packets, 0, 64);
    }

    private static long MeasureWrites(Stream stream, byte[] data, int count)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            stream.Write(data, 0, data.Length);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

using System.Text;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>What a peer must not do before channels come into it (ssh, section 7).</summary>
public class HostileTransportTests
{
    [Theory]
    [InlineData("SSH-1.5-x\r\n", DisconnectReason.ProtocolVersionNotSupported)]
    [InlineData("HTTP/1.1 400\r\n", DisconnectReason.ProtocolError)]
    [InlineData("SSH-2.0-\0\0\r\n", DisconnectReason.ProtocolError)]
    public async Task Version_ToAServer_Dropped(string line, object reason)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendRawAsync(Encoding.ASCII.GetBytes(line));
        await peer.ReadLineAsync();
        await peer.AssertDroppedAsync((DisconnectReason)reason);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(1_000_000, false)]
    [InlineData(10_000, true)]
    public async Task Version_TooLong_Dropped(int length, bool isServer)
    {
        await using SshPeer peer = await (isServer ? SshPeer.StartServerAsync() : SshPeer.StartClientAsync());
        _ = peer.SendRawAsync(Encoding.ASCII.GetBytes(new string('x', length))).ContinueWith(_ => { }, TaskScheduler.Default);
        await peer.ReadLineAsync();
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task Lines_BeforeAServersVersion_AreSkipped()
    {
        await using SshPeer peer = await SshPeer.StartServerAsync();
        await peer.SendRawAsync("Welcome\r\n\nto this server\n"u8.ToArray());
        await using SshConnection client = await peer.LogInAsync();
        Assert.StartsWith("SSH-2.0-GostNet_", peer.OtherVersion, StringComparison.Ordinal);
        await peer.Wire.DisposeAsync();
    }

    [Fact]
    public async Task Lines_TooManyBeforeAVersion_Dropped()
    {
        await using SshPeer peer = await SshPeer.StartServerAsync();
        await peer.SendRawAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("again\n", VersionLine.MaxLinesBefore + 1))));
        await peer.ReadLineAsync();
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task Close_BehindALine_QuotesTheLine()
    {
        await using SshPeer peer = await SshPeer.StartServerAsync();
        await peer.SendRawAsync("Not allowed at this \u001b[1mtime\r\n"u8.ToArray());
        await peer.Wire.CompleteWritesAsync();
        SshException error = await Assert.ThrowsAsync<SshException>(() => peer.Result);
        Assert.Contains("Not allowed at this \\x1b[1mtime", error.Message, StringComparison.Ordinal);
        Assert.Equal(ForwardError.ConnectionClosed, error.Error);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(4u)]
    [InlineData(13u)]
    [InlineData(35_004u)]
    [InlineData(0xFFFF_FFFFu)]
    public async Task PacketLength_BeforeTheKeys_Dropped(uint length)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.SendRawAsync(peer.Seal(new byte[8], 4, length));
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Padding_TooShort_Dropped(int padding)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        int payload = 11 - padding;
        await peer.SendRawAsync(peer.Seal(new byte[payload], padding, (uint)(1 + payload + padding)));
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Theory]
    [InlineData("aes128-gcm@openssh.com")]
    [InlineData("chacha20-poly1305@openssh.com")]
    [InlineData("aes128-ctr")]
    public async Task Payload_Empty_Dropped(string cipher)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        peer.Preferences = peer.Preferences with { Ciphers = [cipher] };
        await peer.LogInAsync();
        await peer.SendAsync((byte[])[]);
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Theory]
    [InlineData("aes128-gcm@openssh.com")]
    [InlineData("chacha20-poly1305@openssh.com")]
    [InlineData("aes128-ctr")]
    public async Task Packet_WithAFlippedBit_Dropped(string cipher)
    {
        for (int place = 0; place < 5; place++)
        {
            await using SshPeer peer = await SshPeer.StartClientAsync();
            peer.Preferences = peer.Preferences with { Ciphers = [cipher] };
            await peer.LogInAsync();
            byte[] packet = peer.Seal(SshWriter.Message(MessageNumber.Ignore).Text("something to ignore").ToArray());
            packet[place == 4 ? packet.Length - 1 : 5 + place] ^= 0x10;
            await peer.SendRawAsync(packet);
            await peer.AssertDroppedAsync(DisconnectReason.MacError, DisconnectReason.ProtocolError);
        }
    }

    [Fact]
    public async Task Packet_Replayed_Dropped()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        byte[] packet = peer.Seal([MessageNumber.Ignore, 0, 0, 0, 0]);
        await peer.SendRawAsync([.. packet, .. packet]);
        await peer.AssertDroppedAsync(DisconnectReason.MacError);
    }

    [Theory]
    [InlineData(MessageNumber.Ignore)]
    [InlineData(MessageNumber.Debug)]
    [InlineData(MessageNumber.ExtInfo)]
    [InlineData(MessageNumber.Unimplemented)]
    [InlineData(MessageNumber.NewKeys)]
    [InlineData(MessageNumber.KexServerValue)]
    [InlineData(MessageNumber.ServiceRequest)]
    [InlineData(MessageNumber.UserAuthRequest)]
    [InlineData(MessageNumber.ChannelOpen)]
    [InlineData((byte)19)]
    public async Task Message_WithinTheFirstExchange_Dropped(byte number)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.SendAsync(peer.Offer().Write());
        await peer.SendAsync([number, 0, 0, 0, 0]);
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Theory]
    [InlineData(MessageNumber.Ignore)]
    [InlineData(MessageNumber.ExtInfo)]
    [InlineData(MessageNumber.KexClientValue)]
    public async Task Message_BeforeTheFirstNewKeys_Dropped(byte number)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.ReceiveAsync();
        await peer.SendAsync(peer.Offer().Write());
        using KeyExchangeMethod method = KeyExchangeMethods.Create("curve25519-sha256");
        await peer.SendAsync(SshWriter.Message(MessageNumber.KexClientValue).String(method.Start()));
        Assert.Equal(MessageNumber.KexServerValue, (await peer.ReceiveAsync())[0]);
        Assert.Equal(MessageNumber.NewKeys, (await peer.ReceiveAsync())[0]);
        await peer.SendAsync([number, 0, 0, 0, 0]);
        await peer.Wire.CompleteWritesAsync();
        SshException error = await Assert.ThrowsAsync<SshException>(() => peer.Result); // told under keys that this peer has not made
        Assert.Equal(DisconnectReason.ProtocolError, error.Reason);
    }

    [Fact]
    public async Task Ignore_BeforeKexInit_DroppedIfStrict()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.SendAsync([MessageNumber.Ignore, 0, 0, 0, 0]);
        await peer.SendAsync(peer.Offer().Write());
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task Ignore_BeforeKexInit_TakenIfNotStrict()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        peer.IsStrict = false;
        await peer.SendVersionAsync();
        await peer.SendAsync([MessageNumber.Ignore, 0, 0, 0, 0]);
        await peer.ExchangeAsync(await peer.ReceiveAsync());
        Assert.Equal(MessageNumber.ExtInfo, (await peer.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task KexInit_Twice_Dropped()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.SendAsync(peer.Offer().Write());
        await peer.SendAsync(peer.Offer().Write());
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task KexInit_CutShort_Dropped()
    {
        byte[] offer = KexInit.Create(AlgorithmPreferences.Default, isServer: false, isFirst: true).Write();
        for (int missing = 1; missing <= 16; missing += 5)
        {
            await using SshPeer peer = await SshPeer.StartClientAsync();
            await peer.SendVersionAsync();
            await peer.SendAsync(offer[..^missing]);
            await peer.AssertDroppedAsync(DisconnectReason.KeyExchangeFailed);
        }
    }

    [Fact]
    public async Task KexInit_WithNothingInCommon_Dropped()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        peer.Preferences = peer.Preferences with { Ciphers = ["3des-cbc"] };
        await peer.SendVersionAsync();
        await peer.SendAsync(peer.Offer().Write());
        await peer.AssertDroppedAsync(DisconnectReason.KeyExchangeFailed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public async Task ClientValue_OfAWrongLength_Dropped(int length)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        await peer.SendAsync(peer.Offer().Write());
        await peer.SendAsync(SshWriter.Message(MessageNumber.KexClientValue).String(new byte[length]));
        await peer.AssertDroppedAsync(DisconnectReason.KeyExchangeFailed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstKexPacketFollows_AGuess_IsUsedOrSkipped(bool isRight)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.SendVersionAsync();
        byte[] other = await peer.ReceiveAsync();
        Assert.True(KexInit.TryRead(other, out KexInit? server));
        peer.Preferences = peer.Preferences with
        {
            Kex = isRight ? server.Kex[..1] : ["ecdh-sha2-nistp256", "curve25519-sha256"],
            HostKeys = server.HostKeys[..1],
        };
        byte[] offer = (peer.Offer() with { FirstKexPacketFollows = true }).Write();
        await peer.SendAsync(offer);
        if (!isRight)
        {
            await peer.SendAsync(SshWriter.Message(MessageNumber.KexClientValue).String(new byte[32]));
        }

        await peer.ExchangeAsync(other, offer);
        Assert.Equal(MessageNumber.ExtInfo, (await peer.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task Answers_WithinALaterExchange_AreTaken()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        SshConnection server = await peer.LogInAsync();
        Task<bool> request = server.RequestAsync("x", default, onSuccess: null, default).AsTask();
        Assert.Equal(MessageNumber.GlobalRequest, (await peer.ReceiveAsync())[0]);
        byte[] offer = peer.Offer(isFirst: false).Write();
        await peer.SendAsync(offer);
        await peer.SendAsync([MessageNumber.RequestSuccess]);

        Assert.True(await request.OrFail());
        await peer.ExchangeAsync(await peer.ReceiveAsync(), offer);
        Assert.False(server.Completion.IsCompleted);
    }

    [Fact]
    public async Task KexInit_AgainAndAgainForNothing_Dropped()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        for (int i = 0; i < SshPair.ServerSettings.MaxIdleExchanges; i++)
        {
            byte[] offer = peer.Offer(isFirst: false).Write();
            await peer.SendAsync(offer);
            await peer.ExchangeAsync(await peer.ReceiveAsync(), offer);
        }

        await peer.SendAsync(peer.Offer(isFirst: false).Write());
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Theory]
    [InlineData(MessageNumber.ChannelOpen)]
    [InlineData(MessageNumber.GlobalRequest)]
    [InlineData(MessageNumber.ChannelData)]
    public async Task ChannelMessage_BeforeTheLogin_Dropped(byte number)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.HandshakeAsync();
        await peer.SendAsync([number, 0, 0, 0, 0]);
        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task Silence_UntilTheLimit_EndsTheLogin()
    {
        ManualTimeProvider clock = new();
        await using SshPeer peer = await SshPeer.StartClientAsync(SshPair.ServerSettings with { Time = clock });
        await peer.ReadLineAsync();
        clock.Advance(TimeSpan.FromSeconds(31));
        await peer.ReceiveAsync(MessageNumber.Disconnect);
        await peer.Wire.DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(31));
        SshException error = await Assert.ThrowsAsync<SshException>(() => peer.Result);
        Assert.Equal(ForwardError.TimedOut, error.Error);
    }

    [Theory]
    [InlineData((byte)8)]
    [InlineData((byte)25)]
    [InlineData((byte)55)]
    [InlineData((byte)79)]
    [InlineData((byte)200)]
    public async Task Message_Unknown_IsAnsweredWithItsNumber(byte number)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync([MessageNumber.UserAuthRequest]); // passed over
        await peer.SendAsync([number]);
        byte[] expected = TransportMessages.Unimplemented(2);
        Assert.Equal(expected, await peer.ReceiveAsync());
    }

    [Fact]
    public async Task Disconnect_WithALongText_IsCutAndEscaped()
    {
        await using SshPeer peer = await SshPeer.StartServerAsync();
        await peer.HandshakeAsync();
        await peer.SendAsync(TransportMessages.Disconnect(DisconnectReason.TooManyConnections, "\u001b[2J" + new string('x', 30_000)));
        SshException error = await Assert.ThrowsAsync<SshException>(() => peer.Result);
        Assert.InRange(error.Message.Length, 1, 400);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public async Task Carrier_OfAFailedLogin_StaysTheCallers()
    {
        (Testing.InMemoryConnection near, Testing.InMemoryConnection far) = Testing.InMemoryConnection.CreatePair();
        Task connecting = SshConnections.ConnectAsync(
            near, SshPair.ClientSettings, TestLogin.AskAsync, new TestHandler(), CancellationToken.None).AsTask();
        await far.CompleteWritesAsync();
        await Assert.ThrowsAsync<SshException>(() => connecting.OrFail());
        Assert.False(near.IsDisposed || near.IsAborted);
        await near.DisposeAsync();
    }
}

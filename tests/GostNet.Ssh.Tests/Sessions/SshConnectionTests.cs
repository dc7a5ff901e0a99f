using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

public class SshConnectionTests
{
    public static TheoryData<string> Ciphers => [.. AlgorithmPreferences.Default.Ciphers];

    public static TheoryData<string> Macs => [.. AlgorithmPreferences.Default.Macs];

    public static TheoryData<string> Methods => [.. AlgorithmPreferences.Default.Kex];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public Task Cipher_OfEveryKind_CarriesChannels(string cipher) => EchoAsync(AlgorithmPreferences.Default with { Ciphers = [cipher] });

    [Theory]
    [MemberData(nameof(Macs))]
    public Task Mac_OfEveryKind_CarriesChannels(string mac) =>
        EchoAsync(AlgorithmPreferences.Default with { Ciphers = ["aes256-ctr"], Macs = [mac] });

    [Theory]
    [MemberData(nameof(Methods))]
    public Task KeyExchange_OfEveryKind_CarriesChannels(string method) => EchoAsync(AlgorithmPreferences.Default with { Kex = [method] });

    [Fact]
    public async Task Open_ManyBytesBothWays_AreWhatWasSent()
    {
        await using SshPair pair = await SshPair.StartAsync();
        Assert.True(pair.Client.IsStrict && pair.Server.IsStrict);
        (IConnection client, IConnection server) = await pair.OpenAsync();
        byte[] there = TestData.Random(7, 5_000_000);
        byte[] back = TestData.Random(8, 5_000_001);
        Task sending = Task.WhenAll(client.SendAndEndAsync(there), server.SendAndEndAsync(back));
        Assert.Equal(there, await server.ReadToEndAsync().OrFail());
        Assert.Equal(back, await client.ReadToEndAsync().OrFail());
        await sending.OrFail();
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_OneEnd_EndsTheOtherInGoodOrder()
    {
        SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await pair.Client.DisposeAsync().OrFail();
        await pair.Server.Completion.OrFail();
        Assert.Null(pair.Server.Error);
        Assert.Null(pair.Client.Error);
        await Assert.ThrowsAnyAsync<IOException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.ReadAsync(new byte[1]).OrFail());
        await pair.DisposeAsync();
    }

    private static async Task EchoAsync(AlgorithmPreferences preferences)
    {
        await using SshPair pair = await SshPair.StartAsync(SshPair.ClientSettings with { Algorithms = preferences });
        (IConnection client, IConnection server) = await pair.OpenAsync();
        byte[] data = TestData.Random(9, 200_000);
        Task echo = server.Stream.CopyToAsync(server.Stream);
        Task sending = client.SendAndEndAsync(data);
        Assert.Equal(data, await client.ReadAsync(data.Length).OrFail());
        await Task.WhenAll(sending, echo).OrFail();
    }
}

using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>GOST's tunnel, both ends.</summary>
public sealed class TunnelSessionTests : IAsyncLifetime
{
    private readonly FakeSshConnection _near;
    private readonly FakeSshConnection _far;
    private readonly TunnelClientSession _client;
    private readonly TunnelServerSession _server;

    public TunnelSessionTests()
    {
        (_near, _far) = FakeSshConnection.CreatePair();
        _client = new(_near, "gate:22");
        _server = new(_far);
        _near.Handler = TunnelClientSession.Handler;
        _far.Handler = _server;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_OfATunnel_IsAccepted()
    {
        Task<IConnection> opening = _client.OpenAsync(default).AsTask();
        await using IConnection? server = await _server.AcceptAsync(default).OrFail();
        await using IConnection client = await opening.OrFail();

        await client.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await server!.ReadToEndAsync().OrFail());
        await server!.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("direct-tcpip", nameof(ChannelOpenFailure.UnknownChannelType), "forward+ssh")]
    [InlineData("x11", nameof(ChannelOpenFailure.UnknownChannelType), "unknown")]
    [InlineData("session", nameof(ChannelOpenFailure.AdministrativelyProhibited), "tunnels")]
    public async Task Open_OfAnotherType_IsRefusedWithWords(string type, string failure, string word)
    {
        ChannelRefusedException e = await Assert.ThrowsAsync<ChannelRefusedException>(
            () => _near.OpenChannelAsync(type, default, default).OrFail());

        Assert.Equal(failure, e.Failure.ToString());
        Assert.Contains(word, e.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ToListen_IsNotDone() =>
        Assert.False(await _near.RequestAsync("tcpip-forward", ForwardingCodec.WriteAddress("", 22), null, default).OrFail());

    [Fact]
    public async Task OpenAsync_ServerKnowsNoTunnels_SaysWhatToUse()
    {
        _far.Handler = TunnelClientSession.Handler;

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => _client.OpenAsync(default).OrFail());

        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Contains("forward+ssh", e.Message, StringComparison.Ordinal);
        Assert.Contains("gate:22", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_NobodyAccepts_IsRefusedBeyondTheBacklog()
    {
        List<Task<IConnection>> waiting =
            [.. Enumerable.Range(0, TunnelServerSession.Backlog).Select(_ => _client.OpenAsync(default).AsTask())];

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => _client.OpenAsync(default).OrFail());
        Assert.Equal(ForwardError.ProxyFailure, e.Error);

        foreach (Task<IConnection> opening in waiting)
        {
            await using IConnection? accepted = await _server.AcceptAsync(default).OrFail();
            await using IConnection opened = await opening.OrFail();
        }

        Task<IConnection> again = _client.OpenAsync(default).AsTask();
        await using IConnection? last = await _server.AcceptAsync(default).OrFail();
        await using IConnection one = await again.OrFail();
    }

    [Fact]
    public async Task Sessions_ConnectionEnds_EndBoth()
    {
        _near.End();

        Assert.Null(await _server.AcceptAsync(default).OrFail());
        Assert.Null(await _client.AcceptAsync(default).OrFail());
        await Assert.ThrowsAsync<IOException>(() => _client.OpenAsync(default).OrFail());
    }
}

using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

public sealed class Socks4ServerTests
{
    private const string Granted = "00 5a 0000 00000000";
    private const string Connect = "04 01 0050 c0000201 00";

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Socks4Server _server = new();
    private readonly InMemoryProxyHost _host;

    public Socks4ServerTests() => _host = new(_network) { Time = _time };

    [Theory]
    [InlineData("04 01 0050 c0000201 00", "192.0.2.1")]
    [InlineData("04 01 0050 c0000201 6d6500", "192.0.2.1")]
    [InlineData("04 01 0050 00000001 00 64622e6578616d706c6500", "db.example")]
    [InlineData("04 01 0050 000000ff 6d6500 64622e6578616d706c6500", "db.example")]
    [InlineData("04 01 0050 00000001 00 3139322e302e322e3100", "192.0.2.1")]
    public async Task Connect_ToEachKindOfAddress_IsGrantedAndNothingBehindIsLost(string request, string host)
    {
        await using IListener listener = await _network.ListenAsync(new(host, 80));
        await using ServedClient client = new(_server, _host);

        await client.AskAsync(request + "68656c6c6f", Granted);

        await using IConnection? target = await listener.AcceptAsync().OrFail();
        Assert.Equal("hello"u8.ToArray(), await target!.ReadAsync(5).OrFail());
        await target!.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.Connection.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("04 02 0050 c0000201 00", 0x5c, ForwardError.CommandNotSupported)]
    [InlineData("04 09 0050 c0000201 00", 0x5b, ForwardError.CommandNotSupported)]
    [InlineData("04 01 0000 c0000201 00", 0x5b, ForwardError.AddressNotSupported)]
    [InlineData("04 01 0050 00000001 00 00", 0x5b, ForwardError.AddressNotSupported)]
    [InlineData("04 01 0050 00000001 00 610a6200", 0x5b, ForwardError.AddressNotSupported)]
    [InlineData("04 01 0050 c0000201 00", 0x5b, ForwardError.ConnectionRefused)]
    public async Task Request_ThatCannotBeServed_IsRefused(string request, byte code, ForwardError error)
    {
        await using ServedClient client = new(_server, _host);

        await client.SendAsync(request);

        Assert.Equal([0, code, 0, 0, 0, 0, 0, 0], await client.ReceiveAsync(8));
        await client.ExpectRefusalAsync(error);
    }

    [Fact]
    public async Task Request_AgainstTheRules_IsDenied()
    {
        await using ServedClient client = new(_server, new InMemoryProxyHost(_network) { IsForbidden = _ => true });

        await client.AskAsync(Connect, "00 5c 0000 00000000");

        await client.ExpectRefusalAsync(ForwardError.Forbidden);
    }

    [Fact]
    public async Task Request_WhereALoginIsNeeded_IsDenied()
    {
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using ServedClient client = new(_server, new InMemoryProxyHost(_network) { Authenticator = new OneUser() });

        await client.AskAsync("04 01 0050 c0000201 7573657200", "00 5c 0000 00000000");

        await client.ExpectRefusalAsync(ForwardError.AuthenticationRequired);
        Assert.Empty(_network.Dials);
    }

    [Theory]
    [InlineData("05 01 00")]
    [InlineData("00 01 0050")]
    public async Task Request_OfAnotherVersion_Closes(string bytes)
    {
        await using ServedClient client = new(_server, _host);

        await client.SendAsync(bytes);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData("04 01 0050 c0000201", 512)]
    [InlineData("04 01 0050 00000001 00", 256)]
    public async Task Request_TextWithoutAnEnd_Closes(string head, int length)
    {
        await using ServedClient client = new(_server, _host);

        await client.SendAsync([.. ScriptedPeer.Hex(head), .. Enumerable.Repeat((byte)'a', length)]);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData("")]
    [InlineData("04 01 0050")]
    [InlineData("04 01 0050 00000001 6d")]
    [InlineData("04 01 0050 00000001 6d6500 6462")]
    public async Task Request_EndsEarly_Closes(string bytes)
    {
        await using ServedClient client = new(_server, _host);

        await client.SendAsync(bytes);
        await client.Connection.CompleteWritesAsync();

        await client.ExpectCloseAsync(ForwardError.ConnectionClosed);
    }

    [Fact]
    public async Task Request_NotThereWithinTenSeconds_Closes()
    {
        await using ServedClient client = new(_server, _host);
        await client.SendAsync("04 01");
        await _time.WaitForTimersAsync(1).OrFail();

        _time.Advance(TimeSpan.FromSeconds(10));

        await client.ExpectCloseAsync(ForwardError.TimedOut);
    }

    [Fact]
    public async Task Connect_ClientGoneBeforeTheReply_ClosesTheTarget()
    {
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using ServedClient client = new(_server, _host);
        client.Far.FailAfter(9);

        await client.SendAsync(Connect);

        await Assert.ThrowsAnyAsync<IOException>(() => client.Serving.OrFail());
        await using IConnection? target = await listener.AcceptAsync().OrFail();
        await Assert.ThrowsAsync<IOException>(() => target!.ReadToEndAsync().OrFail());
    }
}

using GostNet.Protocols;
using GostNet.Protocols.Automatic;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Automatic;

public sealed class AutomaticServerTests
{
    private static readonly HostEndPoint Target = new("192.0.2.1", 80);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryProxyHost _host;
    private readonly AutomaticServer _server;

    public AutomaticServerTests()
    {
        _host = new(_network) { Time = _time };
        _server = new(new Socks4Server(), new Socks5Server(_ => new FakeMultiplexSession()), new EchoServer());
    }

    [Fact]
    public async Task Serve_FirstByteFive_IsSocks5()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = new(_server, _host);

        await client.AskAsync("05 01 00", "05 00");
        await client.AskAsync("05 01 00 01 c0000201 0050", "05 00 00 01 00000000 0000");
    }

    [Fact]
    public async Task Serve_FirstByteFour_IsSocks4()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = new(_server, _host);

        await client.AskAsync("04 01 0050 c0000201 00", "00 5a 0000 00000000");
    }

    [Fact]
    public async Task Serve_FirstByteFourWithUsers_IsRefused()
    {
        await using ServedClient client = new(_server, new InMemoryProxyHost(_network) { Authenticator = new OneUser() });

        await client.AskAsync("04 01 0050 c0000201 00", "00 5c 0000 00000000");

        await client.ExpectRefusalAsync(ForwardError.AuthenticationRequired);
    }

    [Theory]
    [InlineData("47 45 54 20")]
    [InlineData("00")]
    [InlineData("06 01 00")]
    [InlineData("ff")]
    public async Task Serve_AnythingElse_IsHttpFromItsFirstByte(string bytes)
    {
        await using ServedClient client = new(_server, _host);

        await client.AskAsync(bytes, bytes);
    }

    [Fact]
    public async Task Serve_TlsHello_Closes()
    {
        await using ServedClient client = new(_server, _host);

        await client.SendAsync("16 03 01 00 ea 01");

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Serve_NoByte_Closes()
    {
        await using ServedClient client = new(_server, _host);

        await client.Connection.CompleteWritesAsync();

        await client.ExpectCloseAsync(ForwardError.ConnectionClosed);
    }

    [Fact]
    public async Task Serve_NoByteWithinTenSeconds_Closes()
    {
        await using ServedClient client = new(_server, _host);
        await _time.WaitForTimersAsync(1).OrFail();

        _time.Advance(TimeSpan.FromSeconds(10));

        await client.ExpectCloseAsync(ForwardError.TimedOut);
    }

    /// <summary>Stands for HTTP.</summary>
    private sealed class EchoServer : IProxyServer
    {
        public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
        {
            byte[] buffer = new byte[100];
            for (int count; (count = await client.Stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await client.Stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
    }
}

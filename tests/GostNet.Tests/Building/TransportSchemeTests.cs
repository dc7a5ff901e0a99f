using System.Net;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>Transports that are added from outside.</summary>
public sealed class TransportSchemeTests
{
    private static readonly HostEndPoint Target = new("target", 9);
    private static readonly HostEndPoint Front = new("front", 1);
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task Build_UrlsWithAnAddedWord_GoOverItsLayersAtBothEnds()
    {
        var layer = new CountingLayer();
        List<string?> seen = [];
        var scheme = new TransportScheme
        {
            Word = "kcp",
            Parameters = [new("datashard", TransportParameterKind.Count)],
            Client = node =>
            {
                seen.Add($"{node.Name} {node.Count("datashard")}");
                return ClientTransport.Tcp.With("counted", _ => layer).Multiplex();
            },
            Server = node => ServerTransport.Tcp.With("counted", _ => layer).Multiplex(),
        };
        await using IListener target = await _network.ListenAsync(Target);
        await using Forwarder server = Builder(scheme).Serve($"kcp://server:1/{Target}").Build();
        await server.StartAsync().OrFail();
        await using Forwarder client = Builder(scheme).Serve($"tcp://{Front}").Via("forward+kcp://server:1?datashard=7").Build();
        await client.StartAsync().OrFail();

        await using IConnection connection = await _network.Dialer.DialAsync(Front).OrFail();
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await connection.SendAndEndAsync([1, 2, 3]).OrFail();

        Assert.Equal([1, 2, 3], await accepted.ReadToEndAsync().OrFail());
        Assert.Equal(["forward+kcp://server:1 7"], seen);
        Assert.Equal(2, layer.Count);
    }

    [Theory]
    [InlineData("socks5+kcp://aes-128-gcm:pw@server:1", true)]
    [InlineData("ss+kcp://aes-128-gcm:pw@server:1", true)]
    [InlineData("ss+kcp://aes-128-gcm:other@server:1", false)]
    public async Task Build_NodeToServeWithALogin_IsTheTransportsToo(string url, bool expected)
    {
        IAuthenticator? seen = null;
        var scheme = new TransportScheme
        {
            Word = "kcp",
            Client = _ => ClientTransport.Tcp,
            Server = node =>
            {
                seen = node.Authenticator;
                return ServerTransport.Tcp;
            },
        };
        await using Forwarder server = Builder(scheme).Serve(url).Build();

        Assert.Equal(expected, seen!.Authenticate("aes-128-gcm", "pw"));
    }

    [Theory]
    [InlineData("kcp://p:1?guard=1x", "parameter 'guard' is '1x'; write a whole number such as 3")]
    [InlineData("tls://p:1?secure=true&guard=1", "parameter 'guard' cannot be honoured by tls, and would be ignored; leave it out")]
    [InlineData("kcp://p:1?served=1", "parameter 'served' cannot be honoured by kcp, and would be ignored; leave it out")]
    [InlineData("kcp://p:1", "kcp://p:1: there is no such shard.")]
    [InlineData("forward+ssh://p:1?secure=true", "ssh is in the package GostNet.Ssh: add it, and call UseSsh().")]
    public void Build_UrlThatTheSchemeCannotTake_SaysWhy(string url, string expected)
    {
        var scheme = new TransportScheme
        {
            Word = "kcp",
            Parameters =
            [
                new("guard", TransportParameterKind.Count) { Purpose = TransportParameterPurpose.Guards },
                new("served", TransportParameterKind.Text) { OfClient = false, Purpose = TransportParameterPurpose.LogsIn },
            ],
            Client = _ => throw new ArgumentException("there is no such shard."),
            Server = _ => ServerTransport.Tcp,
        };

        string[] failures = [.. Assert.Throws<OptionsValidationException>(
            () => Builder(scheme).LocalTcp(":1", "a:1").Via(url).Build()).Failures];

        Assert.Contains(expected, Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void UseTransport_WordThatUrlsCannotHave_Throws() => Assert.Throws<ArgumentException>(() => new ForwardBuilder().UseTransport(
        new() { Word = "oops", Client = _ => ClientTransport.Tcp, Server = _ => ServerTransport.Tcp }));

    [Fact]
    public void Verbs_TransportThatCannotForward_Throw()
    {
        Assert.Throws<ArgumentException>(() => new ForwardBuilder().Via(hop => hop.Forwarding("p:1", new())));
        Assert.Throws<ArgumentException>(() => new ForwardBuilder().ServeForwarding(":1", new() { AllowAnonymous = true }));
    }

    [Fact]
    public void Build_AnotherProtocolOverATransportThatForwards_IsRefused()
    {
        ClientTransport client = ClientTransport.Tcp.WithSessions("asked", _ => new RefusingLayer(), TransportTraits.Forwards);
        ServerTransport server = ServerTransport.Tcp.WithSessions("asked", _ => new RefusingLayer(), TransportTraits.Forwards);
        var login = new ProxyServerOptions { Transport = server, Authenticator = Authenticators.Users(new NetworkCredential("a", "b")) };

        string[] failures = [.. Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .LocalTcp(":1", "a:1", new() { Transport = server })
            .ServeSocks5(":2", new() { Transport = server, AllowAnonymous = true })
            .ServeForwarding(":3", login)
            .ViaSocks5("p:1", new() { Transport = client })
            .ViaTunnel("p:1", new() { Transport = client })
            .Build()).Failures];

        Assert.Equal(
            [
                "socks5+asked://p:1: a transport of asked is told by itself what to reach; add it with Forwarding, or a verb of its own",
                "forward+asked://p:1: a transport of asked is told by itself what to reach; add it with Forwarding, or a verb of its own",
                "asked://:1/a:1: clients of a transport of asked say by itself what they want; serve them with ServeForwarding, or a verb of its own",
                "socks5+asked://:2: clients of a transport of asked say by itself what they want; serve them with ServeForwarding, or a verb of its own",
                "forward+asked://:3: who may use it is for its transport to say; leave out Authenticator and AllowAnonymous",
            ],
            failures);
    }

    [Theory]
    [InlineData(typeof(ForwardException))]
    [InlineData(typeof(IOException))]
    public async Task Dial_OverASessionThatOpensNothing_NamesAndChargesTheNode(Type kind)
    {
        await using IListener node = await _network.ListenAsync(new("p", 1));
        await using IListener other = await _network.ListenAsync(new("q", 1));
        IOException refusal = kind == typeof(IOException) ? new IOException("No.") : new ForwardException(ForwardError.CommandNotSupported, "No.");
        ClientTransport refusing = ClientTransport.Tcp.WithSessions("refusing", _ => new RefusingLayer(refusal));
        IDialer dialer = new ForwardBuilder().UseNetwork(_network)
            .Via(hop => hop.Tunnel("p:1", new() { Transport = refusing }).Tunnel("q:1").Select(new() { Strategy = SelectionStrategy.Fifo }))
            .BuildDialer();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(Target).OrFail());

        Assert.Equal("forward+refusing://p:1", e.Node);
        Assert.Equal(refusal is ForwardException ? ForwardError.CommandNotSupported : ForwardError.ConnectionClosed, e.Error);
        Assert.Equal(Target, e.Target);
        await using IConnection next = await dialer.DialAsync(Target).OrFail(); // the other one's turn
        Assert.Equal([new("p", 1), new("q", 1)], _network.Dials);
    }

    [Fact]
    public void With_OverALayerOfSessions_Throws() => Assert.Throws<InvalidOperationException>(
        () => ClientTransport.Tcp.WithSessions("x", _ => throw new InvalidOperationException()).With("y", _ => new CountingLayer()));

    private ForwardBuilder Builder(TransportScheme scheme) => new ForwardBuilder().UseNetwork(_network).UseTransport(scheme);

    /// <summary>Begins sessions over which nothing can be opened.</summary>
    private sealed class RefusingLayer(IOException? refusal = null) : IMultiplexLayer, IMultiplexSession
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Completion => _completed.Task;

        public Exception? Failure => null;

        public bool CanOpen => true;

        public ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken = default) => new(this);

        public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken = default) => throw refusal!;

        public ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default) => new((IConnection?)null);

        public ValueTask DisposeAsync()
        {
            _completed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class CountingLayer : IConnectionLayer
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return new(carrier);
        }
    }
}

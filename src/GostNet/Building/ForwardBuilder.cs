using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using GostNet.Building;
using GostNet.Building.Nodes;
using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Forwarding;
using GostNet.Relaying;
using GostNet.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GostNet;

/// <summary>Describes forwards and the chain they go through, and builds a <see cref="Forwarder"/> of them.</summary>
/// <remarks>
/// <para>Verbs only take note; <see cref="Build"/> checks everything and reports all mistakes at once. It may be called again, and each
/// call makes a forwarder of its own. Options are copied when they are given.</para>
/// <para>All forwards of a builder share its chain (<see cref="Via(string)"/>), as with GOST's <c>-L</c> and <c>-F</c>. A forward with
/// another chain goes into a <see cref="Route"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// await using Forwarder forwarder = new ForwardBuilder()
///     .LocalTcp(":2222", "192.168.1.1:22")
///     .Via("socks5://10.0.0.1:1080")
///     .Build();
/// await forwarder.StartAsync();
/// </code>
/// </example>
public sealed partial class ForwardBuilder
{
    private readonly List<Func<BuildProblems, ForwardDefinition?>> _forwards = [];
    private readonly List<Func<BuildProblems, HopGround, HopDefinition?>> _hops = [];
    private readonly List<ForwardBuilder> _routes = [];
    private readonly BuildSettings _settings;

    /// <summary>Makes an empty builder.</summary>
    public ForwardBuilder()
        : this(new BuildSettings())
    {
    }

    private ForwardBuilder(BuildSettings settings) => _settings = settings;

    /// <summary>Where to log. Nothing is logged by default.</summary>
    /// <param name="loggerFactory">Stays the caller's.</param>
    public ForwardBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _settings.LoggerFactory = loggerFactory;
        return this;
    }

    /// <summary>Where the meter comes from. By default there is one for the process.</summary>
    /// <param name="meterFactory">Stays the caller's.</param>
    public ForwardBuilder UseMeterFactory(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _settings.MeterFactory = meterFactory;
        return this;
    }

    /// <summary>The clock behind every limit and pause. The system's by default.</summary>
    /// <param name="timeProvider">The clock.</param>
    public ForwardBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _settings.TimeProvider = timeProvider;
        return this;
    }

    /// <summary>Where forwards listen and what they dial with: <see cref="SocketNetwork"/> by default, with its default options.</summary>
    /// <param name="network">For instance <see cref="Testing.InMemoryNetwork"/> in a unit test. Stays the caller's.</param>
    public ForwardBuilder UseNetwork(INetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _settings.Network = network;
        return this;
    }

    /// <summary>Adds a transport that node URLs can name, or puts another one in the place of one of the same word.</summary>
    /// <param name="scheme">The word, and what it is made of.</param>
    /// <exception cref="ArgumentException">It is not a word that node URLs can have.</exception>
    public ForwardBuilder UseTransport(TransportScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        if (!NodeSchemes.IsTransport(scheme.Word))
        {
            throw new ArgumentException($"'{scheme.Word}' is not one of GOST's transports.", nameof(scheme));
        }

        _settings.Transports = _settings.Transports.With(scheme);
        return this;
    }

    /// <summary>What becomes of a node URL that leaves open whether its peer is to be verified.</summary>
    /// <param name="setting"><see cref="UnverifiedPeers.Refuse"/> by default.</param>
    public ForwardBuilder UseUnverifiedPeers(UnverifiedPeers setting)
    {
        _settings.UnverifiedPeers = setting;
        return this;
    }

    /// <summary>Adds forwards with a chain of their own. They share all other settings with this builder.</summary>
    /// <param name="configure">Adds the forwards and the chain.</param>
    public ForwardBuilder Route(Action<ForwardBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var route = new ForwardBuilder(_settings);
        configure(route);
        _routes.Add(route);
        return this;
    }

    /// <summary>Checks everything and builds the forwarder. Nothing listens yet. Files that node URLs name are read.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong. Its failures are all that is, a line each, naming the forward or
    /// node, the value, and what to write instead.</exception>
    public Forwarder Build()
    {
        var problems = new BuildProblems(_settings);
        (ForwardContext context, ILogger dialerLogger) = CreateContext();
        var relay = new ManagedStreamRelay();
        var runners = new List<ForwardRunner>();
        foreach (ForwardBuilder route in Routes())
        {
            ImmutableArray<HopDefinition> hops = route.ReadHops(context.Sessions, problems);
            ForwardDefinition[] forwards = [.. route._forwards.Select(read => read(problems)).OfType<ForwardDefinition>()];
            foreach (ForwardDefinition forward in forwards)
            {
                forward.Check(hops.Length == route._hops.Count ? hops : null, problems);
            }

            if (!problems.Any)
            {
                var chain = new ChainFactory(hops, context, dialerLogger);
                foreach (ForwardDefinition forward in forwards)
                {
                    try
                    {
                        runners.Add(forward.CreateRunner(chain, relay));
                    }
                    catch (ArgumentException e)
                    {
                        problems.Add(forward.Name, e);
                    }
                }
            }
        }

        if (!problems.Any && runners.Count == 0)
        {
            problems.Add("There is nothing to forward. Add a forward, for instance LocalTcp(\":2222\", \"192.168.1.1:22\").");
        }

        problems.ThrowIfAny();
        problems.LogWarnings();
        return new Forwarder(runners, context);
    }

    /// <summary>Builds the chain alone, to be used by other code; without a hop it dials directly, for 5 seconds at most.</summary>
    /// <remarks>Forwards and routes of the builder play no part. The dialer holds nothing that would have to be disposed: what it keeps open
    /// to share, because a node's transport multiplexes, is closed a minute after its last use. For
    /// <see cref="HttpClient"/> see <see cref="DialerExtensions.ToConnectCallback"/>.</remarks>
    /// <exception cref="OptionsValidationException">Something is wrong, as for <see cref="Build"/>.</exception>
    public IDialer BuildDialer()
    {
        return CreateChain().CreateDialer(new LocalTcpOptions().DialTimeout);
    }

    /// <summary>Builds the far end of the chain as a network, to be used by other code: what is dialled is dialled there, and what listens,
    /// listens there. Without a hop it is the network of this machine.</summary>
    /// <remarks>
    /// <para>Forwards and routes of the builder play no part, and there is nothing to dispose but what is opened with it.</para>
    /// <para>A listener at the far end is an <see cref="IListener"/> like any other, but it can be lost: then accepting throws an
    /// <see cref="IOException"/>, or returns <see langword="null"/>, and goes on doing so; dispose of it and ask for another.
    /// <see cref="RemoteTcp(string, string, RemoteTcpOptions?)"/> does that by itself. A chain whose last node cannot listen or carry
    /// datagrams throws a <see cref="ForwardException"/> with <see cref="ForwardError.CommandNotSupported"/> when it is asked to.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// INetwork far = new ForwardBuilder()
    ///     .ViaSocks5("gw.example.com:1080", new() { MultiplexBind = true })
    ///     .BuildNetwork();
    /// await using IListener listener = await far.ListenAsync(new("", 8080));
    /// </code>
    /// </example>
    /// <exception cref="OptionsValidationException">Something is wrong, as for <see cref="Build"/>.</exception>
    public INetwork BuildNetwork() => CreateChain().CreateNetwork(new LocalTcpOptions().DialTimeout);

    private ChainFactory CreateChain()
    {
        var problems = new BuildProblems(_settings);
        (ForwardContext context, ILogger dialerLogger) = CreateContext();
        ImmutableArray<HopDefinition> hops = ReadHops(context.Sessions, problems);
        problems.ThrowIfAny();
        problems.LogWarnings();
        return new ChainFactory(hops, context, dialerLogger);
    }

    private ForwardBuilder Add(ForwardKind kind, EndPointTexts endPoints, TcpForwardOptions options)
    {
        options = options with { Selection = options.Selection with { } };
        return Add(kind, endPoints, options.Name, (listen, targets) => new TcpForwardDefinition(kind, listen, targets, options), options.Check);
    }

    private ForwardBuilder Add(ForwardKind kind, EndPointTexts endPoints, UdpForwardOptions options)
    {
        options = options with { Selection = options.Selection with { } };
        return Add(kind, endPoints, options.Name, (listen, targets) => new UdpForwardDefinition(kind, listen, targets, options), options.Check);
    }

    private ForwardBuilder Add(
        ForwardKind kind,
        EndPointTexts endPoints,
        string? name,
        Func<HostEndPoint, ImmutableArray<Node>, ForwardDefinition> define,
        Action<string, BuildProblems> check)
    {
        string scheme = ForwardDefinition.SchemeOf(kind);
        _forwards.Add(problems =>
        {
            if (endPoints.Read(scheme, problems) is var (listen, targets))
            {
                return define(listen, targets);
            }

            check(name ?? endPoints.Describe(scheme), problems);
            return null;
        });
        return this;
    }

    private IEnumerable<ForwardBuilder> Routes() => _routes.SelectMany(r => r.Routes()).Prepend(this);

    private ImmutableArray<HopDefinition> ReadHops(LiveSessions sessions, BuildProblems problems)
    {
        ImmutableArray<HopDefinition> hops =
            [.. _hops.Select((read, i) => read(problems, HopGround.Create(_settings, isFirst: i == 0, sessions))).OfType<HopDefinition>()];
        foreach (HopDefinition hop in hops)
        {
            hop.Check(problems);
        }

        return hops;
    }

    private (ForwardContext Context, ILogger DialerLogger) CreateContext()
    {
        ILoggerFactory loggers = _settings.LoggerFactory ?? NullLoggerFactory.Instance;
        var metrics = new GostNetMetrics(_settings.MeterFactory);
        ILogger forwardLogger = loggers.CreateLogger(LogCategories.Forward);
        TimeProvider time = _settings.TimeProvider;
        var context = new ForwardContext(
            _settings.Ground,
            time,
            metrics,
            forwardLogger,
            new ConnectionTable(time, metrics, forwardLogger),
            new LiveSessions(time));
        return (context, loggers.CreateLogger(LogCategories.Dialer));
    }
}

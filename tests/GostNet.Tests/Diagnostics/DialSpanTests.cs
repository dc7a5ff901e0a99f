using System.Collections.Concurrent;
using System.Diagnostics;
using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Diagnostics;

/// <summary>A span for a dial and one for each hop of it.</summary>
public sealed class DialSpanTests : IDisposable
{
    private static readonly ActivitySource Tests = new(nameof(DialSpanTests));
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly InMemoryNetwork _network = new();
    private readonly ActivityListener _listener;
    private readonly Activity _root;

    public DialSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GostNetDiagnostics.ActivitySourceName || source.Name == nameof(DialSpanTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        _root = Tests.StartActivity("test")!;
    }

    /// <summary>What was traced under this test, in the order of ending. Other tests dial at the same time.</summary>
    private Activity[] Spans => [.. _stopped.Where(span => span.TraceId == _root.TraceId)];

    [Fact]
    public async Task Dial_WithoutHops_IsOneSpan()
    {
        await using IListener target = await _network.ListenAsync(ForwardScene.At("t"));
        await using IConnection connection = await Dialer().DialAsync(ForwardScene.At("t")).OrFail();

        Activity dial = Assert.Single(Spans);
        Assert.Equal("gostnet.dial", dial.OperationName);
        Assert.Equal(ActivityKind.Client, dial.Kind);
        Assert.Equal("t", dial.GetTagItem("server.address"));
        Assert.Equal(1, dial.GetTagItem("server.port"));
        Assert.Equal(ActivityStatusCode.Unset, dial.Status);
    }

    [Fact]
    public async Task Dial_ThroughTwoHops_HasASpanForEach()
    {
        await using IListener first = await _network.ListenAsync(ForwardScene.At("p"));
        await using IConnection connection = await Dialer("p", "q").DialAsync(ForwardScene.At("t")).OrFail();

        Activity[] spans = Spans;
        Assert.Equal(
            [("gostnet.hop", "p:1"), ("gostnet.hop", "q:1"), ("gostnet.dial", null)],
            spans.Select(span => (span.OperationName, (string?)span.GetTagItem("gostnet.node"))));
        Assert.Equal(spans[2].SpanId, spans[0].ParentSpanId);
        Assert.Equal(spans[2].SpanId, spans[1].ParentSpanId);
    }

    [Fact]
    public async Task Dial_HopFails_MarksItsSpanAndTheDial()
    {
        await Assert.ThrowsAsync<ForwardException>(() => Dialer("p").DialAsync(ForwardScene.At("t")).OrFail());

        Assert.Equal(["gostnet.hop", "gostnet.dial"], Spans.Select(span => span.OperationName));
        Assert.All(Spans, span =>
        {
            Assert.Equal(ActivityStatusCode.Error, span.Status);
            Assert.Equal("ConnectionRefused", span.GetTagItem("error.type"));
        });
    }

    public void Dispose()
    {
        _root.Dispose();
        _listener.Dispose();
    }

    private IDialer Dialer(params string[] hops)
    {
        ForwardBuilder builder = new ForwardBuilder().UseNetwork(_network);
        foreach (string hop in hops)
        {
            builder.Via(h => h.Node(new Node(ForwardScene.At(hop)), new SilentConnector()));
        }

        return builder.BuildDialer();
    }

    /// <summary>Takes the connection as it is.</summary>
    private sealed class SilentConnector : IConnector
    {
        public ValueTask<IConnection> ConnectAsync(
            IConnection node, HostEndPoint target, CancellationToken cancellationToken = default) => ValueTask.FromResult(node);
    }
}

using GostNet.Diagnostics;
using GostNet.Selection;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Selection;

public sealed class NodeGroupTests
{
    private static readonly TimeSpan FailTimeout = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Select_RoundRobinAllHealthy_TakesTurns()
    {
        NodeGroup<int> group = Group("ABC", new());

        Assert.Equal("ABCABC", Names(group, 6));
    }

    [Fact]
    public void Select_RoundRobinOneDead_TakesTurnsAmongTheOthers()
    {
        NodeGroup<int> group = Group("ABC", new());
        Fail(group, "A");

        Assert.Equal("CBCB", Names(group, 4)); // the counter goes on, modulo two now
    }

    [Fact]
    public void Select_Fifo_StaysWithTheFirstWhileItLives()
    {
        NodeGroup<int> group = Group("ABC", new() { Strategy = SelectionStrategy.Fifo });

        Assert.Equal("AAA", Names(group, 3));
        Fail(group, "A");
        Assert.Equal("BBB", Names(group, 3));
        _time.Advance(FailTimeout);
        using (NodeLease<int> trial = group.Select())
        {
            Assert.Equal("A", trial.Node.Name);
            trial.Succeed();
        }

        Assert.Equal("AAA", Names(group, 3));
    }

    [Fact]
    public void Select_Random_ReachesEveryNode()
    {
        NodeGroup<int> group = Group("ABC", new() { Strategy = SelectionStrategy.Random });

        Assert.Equal("ABC", string.Concat(Names(group, 1000).Distinct().Order())); // misses one with probability 3 * (2/3)^1000
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(3, 2, false)]
    [InlineData(3, 3, true)]
    [InlineData(-1, 100, false)]
    public void Select_AfterFailuresInARow_LeavesTheNodeOutFromMaxFailsOn(int maxFails, int failures, bool dead)
    {
        NodeGroup<int> group = Group("AB", new() { MaxFails = maxFails, Strategy = SelectionStrategy.Fifo });
        for (int i = 0; i < failures; i++)
        {
            Fail(group, "A");
        }

        Assert.Equal(dead ? "B" : "A", Names(group, 1));
    }

    [Fact]
    public void Select_SuccessBetweenFailures_CountsFromTheStart()
    {
        NodeGroup<int> group = Group("AB", new() { MaxFails = 2, Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        using (NodeLease<int> lease = group.Select())
        {
            lease.Succeed();
        }

        Fail(group, "A");
        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Select_FailuresFarApart_DoNotAge()
    {
        NodeGroup<int> group = Group("AB", new() { MaxFails = 2, Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(TimeSpan.FromDays(3));
        Fail(group, "A");

        Assert.Equal("B", Names(group, 1));
    }

    [Fact]
    public void Select_JustBeforeFailTimeout_StillLeavesTheNodeOut()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(FailTimeout - TimeSpan.FromTicks(1));

        Assert.Equal("B", Names(group, 1));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Select_DeadNodeDue_IsOfferedToOneAttemptOnly()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(FailTimeout);

        using NodeLease<int> trial = group.Select();
        Assert.Equal("A", trial.Node.Name);
        Assert.Equal("BBB", Names(group, 3));
        trial.Fail();
        Assert.Equal("B", Names(group, 1)); // one failure makes it dead again, for as long as before
        _time.Advance(FailTimeout);
        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Select_TrialWithoutVerdict_IsOfferedAgain()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(FailTimeout);

        Assert.Equal("A", Names(group, 1));
        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Select_TrialWithoutVerdictForLong_IsMadeAnew()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(FailTimeout);
        using NodeLease<int> endless = group.Select();
        _time.Advance(FailTimeout - TimeSpan.FromTicks(1));
        Assert.Equal("B", Names(group, 1));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Dispose_AttemptFromBeforeTheDeath_DoesNotEndTheTrial()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        NodeLease<int> early = group.Select();
        Fail(group, "A");
        _time.Advance(FailTimeout);
        using NodeLease<int> trial = group.Select();
        early.Dispose();

        Assert.Equal("A", trial.Node.Name);
        Assert.Equal("B", Names(group, 1));
    }

    [Fact]
    public void Select_AllDead_TakesTheOneThatFailedLongestAgo()
    {
        NodeGroup<int> group = Group("ABC", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(group, "B");
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(group, "C");

        Fail(group, "A"); // it is the oldest, is tried, and fails: now it is the youngest
        Assert.Equal("B", Names(group, 1));
    }

    [Fact]
    public void Select_LoneNode_IsAlwaysTried()
    {
        NodeGroup<int> group = Group("A", new());
        Fail(group, "A");
        Fail(group, "A");

        Assert.Equal("A", Names(group, 1));
    }

    [Fact]
    public void Select_SelectorChoosesNone_SaysSo()
    {
        NodeGroup<int> group = Group("AB", new() { Selector = new PickySelector() });

        ForwardException e = Assert.Throws<ForwardException>(() => group.Select());
        Assert.Equal(ForwardError.NoNodeAvailable, e.Error);
        Assert.Contains("A, B", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replace_NodeStays_KeepsItsHealth()
    {
        NodeGroup<int> group = Group("AB", new() { Strategy = SelectionStrategy.Fifo });
        Fail(group, "A");
        group.Replace(Set("ABC", new() { Strategy = SelectionStrategy.Fifo }));

        Assert.Equal("B", Names(group, 1));
    }

    [Fact]
    public void Select_SourceHasChanged_TakesItsNodesOncePerPeriod()
    {
        var source = new ListSource(TimeSpan.FromSeconds(3));
        var group = new NodeGroup<int>(Set("A", new()), _time, NullLogger.Instance, source);
        source.Next = Set("XY", new());

        Assert.Equal("A", Names(group, 1));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("XY", Names(group, 2));
        Assert.Equal(1, source.Looks);
    }

    [Fact]
    public void Settle_NodeDiesAndRevives_IsLoggedOnceEach()
    {
        using var loggers = new RecordingLoggerFactory();
        var group = new NodeGroup<int>(Set("AB", new() { Strategy = SelectionStrategy.Fifo }), _time, loggers.CreateLogger("x"));
        Fail(group, "A");
        _time.Advance(FailTimeout);
        Fail(group, "A");
        _time.Advance(FailTimeout);
        using (NodeLease<int> trial = group.Select())
        {
            trial.Succeed();
        }

        LogEntry died = Assert.Single(loggers.WithId(LogEventIds.NodeDied));
        Assert.Equal(LogLevel.Warning, died.Level);
        Assert.Single(loggers.WithId(LogEventIds.NodeRevived));
    }

    private static NodeSet<int> Set(string names, SelectionOptions options) =>
        new([.. names.Select((c, i) => (new Node(new HostEndPoint("h" + c, 1), c.ToString()), i))], options);

    private static string Names(NodeGroup<int> group, int count) => string.Concat(Enumerable.Range(0, count).Select(_ =>
    {
        using NodeLease<int> lease = group.Select();
        return lease.Node.Name;
    }));

    /// <summary>Selects until the named node is chosen, and fails it.</summary>
    private static void Fail(NodeGroup<int> group, string name)
    {
        while (true)
        {
            using NodeLease<int> lease = group.Select();
            if (lease.Node.Name == name)
            {
                lease.Fail();
                return;
            }
        }
    }

    private NodeGroup<int> Group(string names, SelectionOptions options) =>
        new(Set(names, options), _time, NullLogger.Instance);

    private sealed class PickySelector : INodeSelector
    {
        public Node? SelectNode(IReadOnlyList<Node> candidates) => null;
    }

    private sealed class ListSource(TimeSpan period) : INodeSource<int>
    {
        public NodeSet<int>? Next { get; set; }

        public int Looks { get; private set; }

        public TimeSpan? Period => period;

        public NodeSet<int>? Reload()
        {
            Looks++;
            return Next;
        }
    }
}

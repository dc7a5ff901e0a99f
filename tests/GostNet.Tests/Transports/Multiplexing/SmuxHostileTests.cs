using System.Text.Json;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Each row of "malformed or hostile input", and the recorded cases of it.</summary>
public class SmuxHostileTests
{
    private static readonly SmuxOptions Version2 = new() { Version = 2 };

    [Theory]
    [InlineData("wrong_version")]
    [InlineData("unknown_cmd_5")]
    [InlineData("upd_in_v1")]
    [InlineData("syn_with_payload")]
    [InlineData("nop_with_payload")]
    [InlineData("upd_length_4")]
    public async Task Frame_ThatIsNone_ClosesTheSession(string name)
    {
        JsonElement vector = SmuxVectors.Malformed(name);
        await using SmuxPeer peer = new(options: new() { Version = vector.GetProperty("in_session_version").GetInt32() });
        IConnection stream = await peer.OpenAsync();

        await peer.SendAsync(SmuxVectors.Text(vector, "hex"));

        ForwardException failure = await peer.FailureAsync(ForwardError.ProtocolError);
        Assert.True(peer.Carrier.IsAborted);
        IOException read = await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
        Assert.Same(failure, read.InnerException);
        Assert.Same(failure, (await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail())).InnerException);
    }

    [Fact]
    public async Task Version_OfTheFirstFrame_IsNamedBesideOurs()
    {
        await using SmuxPeer peer = new(options: Version2);
        await peer.SendAsync("0100000002000000");
        ForwardException failure = await peer.FailureAsync(ForwardError.ProtocolError);
        Assert.Contains("version is 1, and this session's is 2", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01010100030000007a")] // FIN with data
    [InlineData("0105000000000000")]
    [InlineData("01ff000000000000")]
    public async Task Frame_ThatIsNoneInVersion1_ClosesTheSession(string hex)
    {
        await using SmuxPeer peer = new();
        await peer.SendAsync(hex);
        await peer.FailureAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Update_OfAnotherLength_ClosesTheSession()
    {
        await using SmuxPeer peer = new(options: Version2);
        await peer.SendAsync("020409000300000003000000000001007a");
        await peer.FailureAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Nop_WithAStreamId_IsAccepted()
    {
        await using SmuxPeer peer = new();
        await peer.SendAsync(SmuxCommand.Nop, 77);
        await peer.AssertAliveAsync(2);
    }

    [Theory]
    [InlineData("010205")]
    [InlineData("01")]
    [InlineData("01020500020000006865")]
    [InlineData("0102050002000000")]
    public async Task End_InsideAFrame_AbortsEveryStream(string hex)
    {
        await using SmuxPeer peer = new();
        IConnection ours = await peer.OpenAsync();
        IConnection theirs = await peer.AcceptAsync(2);
        Task<int> reading = theirs.Stream.ReadAsync(new byte[10]).AsTask();

        await peer.SendAsync(hex);
        await peer.Far.CompleteWritesAsync();

        await peer.FailureAsync(ForwardError.ProtocolError);
        await Assert.ThrowsAsync<IOException>(() => ours.ReadAsync(1).OrFail());
        if (hex.Length <= 16)
        {
            await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        }
        else
        {
            Assert.Equal(2, await reading.OrFail());
            await Assert.ThrowsAsync<IOException>(() => theirs.ReadAsync(1).OrFail());
        }
    }

    [Theory]
    [InlineData(65_528)]
    [InlineData(65_535)]
    public async Task Push_AsLongAsALengthCanSay_IsAccepted(int length)
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.AcceptAsync(2);
        byte[] payload = SmuxVectors.Pattern(0, length);
        await peer.SendAsync(SmuxCommand.Push, 2, payload);
        Assert.Equal(payload, await stream.ReadAsync(length).OrFail());
    }

    [Fact]
    public async Task Push_OfNoBytes_IsNoEndOfStream()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        Task<int> reading = stream.Stream.ReadAsync(new byte[10]).AsTask();
        await peer.SendAsync(SmuxVectors.Text(SmuxVectors.Malformed("psh_length_0"), "hex"));
        await peer.AssertAliveAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 3, 1, 2);
        Assert.Equal(2, await reading.OrFail());
    }

    [Theory]
    [InlineData("psh_unknown_stream", 1)]
    [InlineData("fin_unknown_stream", 0)]
    public async Task Frame_ForAnUnknownId_IsIgnored(string name, int ignored)
    {
        await using SmuxPeer peer = new();
        await peer.SendAsync(SmuxVectors.Text(SmuxVectors.Malformed(name), "hex"));
        await peer.AssertAliveAsync(2);
        Assert.Equal(ignored, peer.Session.IgnoredFrames);
    }

    [Fact]
    public async Task Frames_ForAnIdThatWasClosedHere_AreIgnored()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        await stream.DisposeAsync();
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await peer.SendAsync(SmuxCommand.Push, 3, 1, 2, 3);
        await peer.SendAsync(SmuxCommand.Syn, 3);
        await peer.SendAsync(SmuxCommand.Fin, 3);
        await peer.AssertAliveAsync(2);
        Assert.Equal(1, peer.Session.IgnoredFrames);
        Assert.Equal(0, peer.Session.LingeringStreamCount);
    }

    [Fact]
    public async Task Push_AfterFin_IsIgnoredAndCounted()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 2, 1);
        await peer.SendAsync(SmuxCommand.Fin, 2);
        await peer.SendAsync(SmuxCommand.Push, 2, 2);
        await peer.SendAsync(SmuxCommand.Fin, 2); // a second one, ignored too
        await peer.AssertAliveAsync(4);
        Assert.Equal([1], await stream.ReadToEndAsync().OrFail());
        Assert.Equal(1, peer.Session.IgnoredFrames);
    }

    [Fact]
    public async Task Syn_ForALiveId_IsIgnored()
    {
        await using SmuxPeer peer = new(SmuxRole.Server);
        await peer.SendAsync(SmuxVectors.Text(SmuxVectors.Malformed("duplicate_syn"), "hex"));
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        IConnection? stream = await peer.Session.AcceptStreamAsync().OrFail();
        Assert.Equal([1], await stream!.ReadAsync(1).OrFail());
        await peer.AssertAliveAsync(5);
        Assert.Equal(2, peer.Session.StreamCount);
    }

    [Theory]
    [InlineData(SmuxRole.Client, 3u, 2u)]
    [InlineData(SmuxRole.Server, 2u, 3u)]
    [InlineData(SmuxRole.Client, 4_294_967_295u, 2u)]
    public async Task Syn_WithOurParity_IsAnsweredWithFin(object role, uint ours, uint theirs)
    {
        await using SmuxPeer peer = new((SmuxRole)role);
        await peer.SendAsync(SmuxCommand.Syn, ours);
        await peer.ExpectAsync(SmuxCommand.Fin, ours);
        await peer.AssertAliveAsync(theirs);
    }

    [Fact]
    public async Task Syn_AboveTheStreamLimit_IsAnsweredWithFin()
    {
        await using SmuxPeer peer = new(options: new() { MaxStreams = 2 });
        await peer.OpenAsync();
        IConnection stream = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Syn, 4);
        await peer.ExpectAsync(SmuxCommand.Fin, 4);
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenStreamAsync().OrFail());

        await stream.DisposeAsync();
        await peer.ExpectAsync(SmuxCommand.Fin, 2);
        await peer.AssertAliveAsync(6);
    }

    [Fact]
    public async Task Syn_WithAFullAcceptQueue_IsAnsweredWithFinAndStopsNothing()
    {
        await using SmuxPeer peer = new(options: new() { AcceptBacklog = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendAsync(SmuxCommand.Syn, 2);
        await peer.SendAsync(SmuxCommand.Syn, 4);
        await peer.SendAsync(SmuxCommand.Syn, 6);
        await peer.ExpectAsync(SmuxCommand.Fin, 6);
        await peer.SendAsync(SmuxCommand.Push, 3, 9);
        Assert.Equal([9], await stream.ReadAsync(1).OrFail());
        Assert.NotNull(await peer.Session.AcceptStreamAsync().OrFail());
        Assert.Equal(3, peer.Session.StreamCount);
    }

    [Fact]
    public async Task Syn_TooManyASecond_ClosesTheSession()
    {
        await using SmuxPeer peer = new(options: new() { SynRateLimit = 3 });
        await peer.AcceptAsync(2);
        await peer.AcceptAsync(4);
        await peer.AcceptAsync(6);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        await peer.AcceptAsync(8);
        await peer.AcceptAsync(10);
        await peer.AcceptAsync(12);
        await peer.SendAsync(SmuxCommand.Syn, 14);
        await peer.FailureAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Syn_RefusedWithoutEnd_ClosesTheSession()
    {
        // The peer reads none of the refusals, which are the only thing that it makes this side keep.
        await using SmuxPeer peer = new(options: new() { MaxStreams = 4, SynRateLimit = int.MaxValue }, bufferSize: 8);
        Task sending = Task.Run(async () =>
        {
            for (uint id = 2; ; id += 2)
            {
                await peer.Far.Stream.WriteAsync(SmuxPeer.Frame(1, SmuxCommand.Syn, id));
            }
        });
        await peer.FailureAsync(ForwardError.ProtocolError);
        await Assert.ThrowsAnyAsync<IOException>(() => sending.OrFail());
    }

    [Theory]
    [InlineData(64 * 1024, 256 * 1024)]
    [InlineData(512 * 1024, 512 * 1024)]
    public async Task Push_BeyondTheWindow_ClosesTheSession(int streamBuffer, int limit)
    {
        await using SmuxPeer peer = new(options: Version2 with { StreamBuffer = streamBuffer });
        IConnection stream = await peer.AcceptAsync(2);
        byte[] payload = new byte[32 * 1024];
        for (int sent = 0; sent < limit; sent += payload.Length)
        {
            await peer.SendAsync(SmuxCommand.Push, 2, payload);
        }

        await peer.AssertAliveAsync(4);
        Assert.Equal(payload, await stream.ReadAsync(payload.Length).OrFail());
        await peer.SendAsync(SmuxCommand.Push, 2, payload);
        await peer.AssertAliveAsync(6);
        await peer.SendAsync(SmuxCommand.Push, 2, 1);
        await peer.FailureAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Update_ForAnUnknownId_IsIgnored()
    {
        await using SmuxPeer peer = new(options: Version2);
        await peer.SendUpdateAsync(99, 5, 5);
        await peer.AssertAliveAsync(2);
    }

    [Fact]
    public async Task Update_OfMoreThanWasSent_AbortsThatStream()
    {
        await using SmuxPeer peer = new(options: Version2);
        IConnection stream = await peer.OpenAsync();
        Task<int> reading = stream.Stream.ReadAsync(new byte[1]).AsTask();
        await peer.SendAsync(SmuxVectors.Text(SmuxVectors.Malformed("upd_consumed_more_than_sent"), "hex"));
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        IOException failure = await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        Assert.Contains("more of smux stream 3 than was sent", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.AssertAliveAsync(2);
    }

    [Fact]
    public async Task Update_WithWindow0_HoldsTheSenderUntilALaterOne()
    {
        await using SmuxPeer peer = new(options: Version2);
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 0);
        await peer.AssertAliveAsync(2);
        await peer.ExpectAsync(SmuxCommand.Update, 2, 1, 0, 0, 0, 0, 0, 1, 0);
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
        IConnection other = await peer.OpenAsync();
        await other.Stream.WriteAsync(new byte[] { 9 });
        await peer.ExpectAsync(SmuxCommand.Push, 5, 9);
        Assert.False(writing.IsCompleted);

        await peer.SendUpdateAsync(3, 0, 2);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1, 2);
        await peer.SendUpdateAsync(3, 2, 0x8000_0000);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 3);
        await writing.OrFail();
    }

    [Fact]
    public async Task Silence_ForAWholePeriod_ClosesTheSession()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        peer.Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.False(peer.Session.IsClosed);
        peer.Clock.Advance(TimeSpan.FromTicks(1));
        await peer.FailureAsync(ForwardError.TimedOut);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
    }

    [Theory]
    [InlineData(SmuxCommand.Nop)]
    [InlineData(SmuxCommand.Push)]
    [InlineData(SmuxCommand.Fin)]
    public async Task Silence_BrokenByAnyFrame_StartsAnotherPeriod(object command)
    {
        await using SmuxPeer peer = new();
        peer.Clock.Advance(TimeSpan.FromSeconds(29));
        await peer.SendAsync((SmuxCommand)command, 99);
        await peer.AssertAliveAsync(2);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(peer.Session.IsClosed);
        peer.Clock.Advance(TimeSpan.FromSeconds(30));
        await peer.FailureAsync(ForwardError.TimedOut);
    }

    [Fact]
    public async Task Peer_ThatNeverReads_ClosesTheSession()
    {
        await using SmuxPeer peer = new(
            options: new() { KeepAliveInterval = TimeSpan.FromSeconds(60), KeepAliveTimeout = TimeSpan.FromSeconds(60) }, bufferSize: 100);
        IConnection stream = await peer.OpenAsync();
        await peer.Clock.WaitForTimersAsync(2).OrFail();
        Task writing = WriteForEverAsync(stream);
        await peer.Clock.WaitForTimersAsync(3).OrFail();
        peer.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(peer.Session.IsClosed);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        await peer.FailureAsync(ForwardError.TimedOut);
        await Assert.ThrowsAsync<IOException>(() => writing.OrFail());
    }

    private static async Task WriteForEverAsync(IConnection stream)
    {
        while (true)
        {
            await stream.Stream.WriteAsync(new byte[1000]);
        }
    }
}

using System.Text;
using GostNet.Protocols.Http;
using GostNet.Protocols.Sni;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Sni;

public sealed class SniConnectorTests
{
    private static readonly HostEndPoint Target = new("elsewhere", 1);

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryConnection _near;
    private readonly InMemoryConnection _far;

    public SniConnectorTests() => (_near, _far) = InMemoryConnection.CreatePair();

    [Fact]
    public async Task Connect_WithoutADisguise_IsTheNodeItself()
    {
        SniConnector connector = new(null, _time);

        Assert.Same(_near, await connector.ConnectAsync(_near, Target));
        Assert.True(connector.IgnoresTarget);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10_000)]
    public async Task Write_HelloInPieces_IsDisguisedInOneWrite(int size)
    {
        byte[] hello = Hello.Records((await Hello.RealAsync("secret.example.com"))[5..], 200);
        Assert.Equal(System.Buffers.OperationStatus.Done, SniDisguise.Rewrite(hello, "front.example"u8, out byte[] expected, out _));
        IConnection connection = await DisguiseAsync();

        foreach (byte[] piece in hello.Chunk(size))
        {
            await connection.Stream.WriteAsync(piece);
        }

        Assert.Equal(0, _time.ArmedTimers);
        await connection.SendAndEndAsync("behind"u8.ToArray());
        byte[] sent = await _far.ReadToEndAsync().OrFail();
        Assert.Equal(Convert.ToHexString([.. expected, .. "behind"u8]), Convert.ToHexString(sent));
        Assert.Equal(-1, sent.AsSpan().IndexOf("secret"u8));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nX: y\r\nHost: secret.example.com\r\nHost: b\r\n\r\nbody", "GET / HTTP/1.1\r\nX: y\r\n<>Host: b\r\n\r\nbody")]
    [InlineData("GET / HTTP/1.1\r\nhost:secret.example.com \r\n\r\n", "GET / HTTP/1.1\r\n<>\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\nHost: a\r\n", null)]
    [InlineData("GET / HTTP/1.0\n\nHost: a\r\n", null)]
    [InlineData("SSH-2.0-x\r\nHost: a\r\n", null)]
    [InlineData("\u0005\u0001\u0000", null)]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n", null)]
    public async Task Write_TextOfAnyKind_IsDisguisedWhereItIsHttp(string text, string? expected)
    {
        expected = expected?.Replace(
            "<>",
            $"Host: front.example\r\nGost-Target: {Encoding.ASCII.GetString(HiddenHost.Encode("secret.example.com"u8))}\r\n",
            StringComparison.Ordinal);
        foreach (int size in (int[])[1, 7, 1000])
        {
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            IConnection connection = await DisguiseAsync(near);
            foreach (byte[] piece in Encoding.ASCII.GetBytes(text).Chunk(size))
            {
                await connection.Stream.WriteAsync(piece);
            }

            await connection.CompleteWritesAsync();
            Assert.Equal(expected ?? text, Encoding.ASCII.GetString(await far.ReadToEndAsync().OrFail()));
        }
    }

    [Fact]
    public async Task Write_HelloWithoutAName_GoesAsItIs()
    {
        byte[] hello = Hello.Records(Hello.Message());
        IConnection connection = await DisguiseAsync();

        await connection.SendAndEndAsync(hello);

        Assert.Equal(hello, await _far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(SniCodecTests.Hostile), MemberType = typeof(SniCodecTests))]
    public async Task Write_HelloThatCannotBeRead_IsNotSent(byte[] message)
    {
        IConnection connection = await DisguiseAsync();

        await Assert.ThrowsAsync<ForwardException>(() => connection.SendAndEndAsync(Hello.Records(message)).OrFail());

        await connection.DisposeAsync();
        Assert.Empty(await _far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Write_MoreThan16KibWithoutAHost_IsNotSent()
    {
        IConnection connection = await DisguiseAsync();
        await connection.Stream.WriteAsync("GET / HTTP/1.1\r\nX: "u8.ToArray());

        for (int i = 0; i < 2; i++)
        {
            ForwardException failure =
                await Assert.ThrowsAsync<ForwardException>(() => connection.Stream.WriteAsync(new byte[16 * 1024]).OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
        }
    }

    [Fact]
    public async Task CompleteWrites_WithinTheHello_FailsAndSendsNothing()
    {
        IConnection connection = await DisguiseAsync();
        await connection.Stream.WriteAsync(Hello.Records(Hello.Message(Hello.ServerName("secret"u8))).AsMemory(0, 20));

        await Assert.ThrowsAsync<ForwardException>(() => connection.CompleteWritesAsync().OrFail());

        await connection.DisposeAsync();
        Assert.Empty(await _far.ReadToEndAsync().OrFail());
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task CompleteWrites_WithoutAWord_Ends()
    {
        IConnection connection = await DisguiseAsync();

        await connection.CompleteWritesAsync().OrFail();

        Assert.Empty(await _far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Write_HelloNotCompleteWithinTenSeconds_AbortsTheConnection()
    {
        IConnection connection = await DisguiseAsync();
        Task<int> reading = connection.Stream.ReadAsync(new byte[1]).AsTask();
        await connection.Stream.WriteAsync(ScriptedPeer.Hex("16 0301"));

        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAsync<IOException>(() => _far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Read_BeforeAnythingIsWritten_IsTheNodes()
    {
        IConnection connection = await DisguiseAsync();

        await _far.Stream.WriteAsync("220 banner"u8.ToArray());

        Assert.Equal("220 banner"u8.ToArray(), await connection.ReadAsync(10).OrFail());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:443")]
    [InlineData("127.0.0.1")]
    [InlineData("ä.example")]
    [InlineData("a\r\nb")]
    public void Create_DisguiseThatIsNoName_IsRefused(string host) => Assert.Throws<ArgumentException>(() => new SniConnector(host, _time));

    private async Task<IConnection> DisguiseAsync(IConnection? node = null) =>
        await new SniConnector("front.example", _time).ConnectAsync(node ?? _near, Target);
}

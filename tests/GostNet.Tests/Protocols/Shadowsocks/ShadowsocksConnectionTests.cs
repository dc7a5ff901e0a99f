using System.Security.Cryptography;
using GostNet.Protocols.Shadowsocks;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksConnectionTests
{
    private const string Aead = "aes-128-gcm";
    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Methods => [.. ShadowsocksMethods.All.Select(method => method.Name)];

    [Fact]
    public async Task Connect_PayloadAtOnce_GoesWithTheAddressInOneWrite()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1 << 20);
        List<int> writes = [];
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        await using IConnection client = await ConnectAsync(WriteRecorder.Create(near, writes), key, new("192.0.2.1", 80));

        await client.Stream.WriteAsync("hello"u8.ToArray());
        await client.Stream.WriteAsync(new byte[64 * 1024]); // five chunks

        Assert.Equal([16 + 34 + 7 + 5, (5 * 34) + (64 * 1024)], writes);
        Assert.Equal(0, _time.ArmedTimers);
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, _time);
        byte[] received = await server.ReadAsync(12 + (64 * 1024)).OrFail();
        Assert.Equal([.. ShadowsocksWire.Address, .. "hello"u8, .. new byte[64 * 1024]], received);
    }

    /// <summary>The protocol of a target may have the target speak first.</summary>
    [Fact]
    public async Task Connect_NoPayload_SendsTheAddressAfterTenMilliseconds()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        List<int> writes = [];
        await using IConnection client = await ConnectAsync(WriteRecorder.Create(near, writes), key, new("192.0.2.1", 80));
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, _time);

        _time.Advance(TimeSpan.FromMilliseconds(9));
        Assert.Empty(writes);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ShadowsocksWire.Address, await server.ReadAsync(7).OrFail());
        await server.Stream.WriteAsync("220 ready"u8.ToArray());
        Assert.Equal("220 ready"u8.ToArray(), await client.ReadAsync(9).OrFail());

        await client.Stream.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await server.ReadAsync(5).OrFail());
        Assert.Equal([16 + 34 + 7, 34 + 5], writes);
    }

    [Fact]
    public async Task CompleteWrites_WithoutAPayload_SendsTheAddressBefore()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        await using IConnection client = await ConnectAsync(near, key, new("192.0.2.1", 80));
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, _time);

        await client.Stream.WriteAsync(default);
        Assert.Equal(1, _time.ArmedTimers);
        await client.CompleteWritesAsync();
        await client.CompleteWritesAsync();

        Assert.Equal(ShadowsocksWire.Address, await server.ReadToEndAsync().OrFail());
        await server.Stream.WriteAsync("later"u8.ToArray());
        await server.CompleteWritesAsync();
        Assert.Equal("later"u8.ToArray(), await client.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_BeforeAnythingWasSent_LeavesNoTimer(bool abort)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IConnection client = await ConnectAsync(near, ShadowsocksWire.Key(Aead), new("192.0.2.1", 80));
        if (abort)
        {
            client.Abort();
            Assert.True(near.IsAborted);
        }

        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Equal(0, _time.ArmedTimers);
        Assert.True(near.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Stream.WriteAsync(new byte[1]).OrFail());
        await far.DisposeAsync();
    }

    [Fact]
    public async Task Address_ThatCannotBeSent_FailsTheNextWrite()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IConnection client = await ConnectAsync(near, ShadowsocksWire.Key(Aead), new("192.0.2.1", 80));
        far.Abort();
        _time.Advance(ShadowsocksStream.AddressDelay);
        await Assert.ThrowsAsync<IOException>(() => client.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<IOException>(() => client.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<IOException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2001:db8::1")]
    [InlineData("db.example")]
    [InlineData("bücher.example")]
    public async Task Connect_ToEachKindOfAddress_AsksForItAsItIs(string host)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        if (host.Length == 0)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(async () => await ConnectAsync(near, key, new(host, 80)));
            Assert.Equal(ForwardError.AddressNotSupported, failure.Error);
            return;
        }

        await using IConnection client = await ConnectAsync(near, key, new(host, 80));
        await client.CompleteWritesAsync();
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, _time);
        byte[] expected = host switch
        {
            "2001:db8::1" => ScriptedPeer.Hex("04 20010db8000000000000000000000001 0050"),
            "db.example" => [3, 10, .. "db.example"u8, 0, 80],
            _ => [3, 21, .. "xn--bcher-kva.example"u8, 0, 80],
        };
        Assert.Equal(expected, await server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("aes-128-gcm", 0, true)] // a server that does not reach the target just closes
    [InlineData("aes-128-gcm", 1, false)]
    [InlineData("aes-128-gcm", 15, false)]
    [InlineData("aes-128-gcm", 17, false)]
    [InlineData("aes-128-gcm", 34, false)]
    [InlineData("aes-128-gcm", 50, false)]
    [InlineData("aes-128-gcm", 55, true)]
    [InlineData("chacha20", 0, true)]
    [InlineData("chacha20", 7, false)]
    [InlineData("chacha20", 9, true)]
    public async Task Read_StreamEndsAtAPlace_IsAnErrorWithinAMessage(string method, int count, bool isEnd)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        byte[] wire = ShadowsocksWire.First(key, 1, "hello"u8.ToArray());
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IConnection client = await ConnectAsync(near, key, new("192.0.2.1", 80));
        await far.Stream.WriteAsync(wire.AsMemory(0, count));
        await far.CompleteWritesAsync();
        if (isEnd)
        {
            await client.ReadToEndAsync().OrFail();
            Assert.Equal(0, await client.Stream.ReadAsync(new byte[1]).OrFail());
        }
        else
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.ReadToEndAsync().OrFail());
            Assert.Equal((ForwardError.ConnectionClosed, "ss1:8338"), (failure.Error, failure.Node));
        }
    }

    [Fact]
    public async Task Read_GoodChunksBeforeABadOne_AreReadFirst()
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IConnection client = await ConnectAsync(near, key, new("192.0.2.1", 80));
        await far.Stream.WriteAsync((byte[])[.. ShadowsocksWire.First(key, 1, "hello"u8.ToArray()), .. new byte[100]]);
        Assert.Equal("hello"u8.ToArray(), await client.ReadAsync(5).OrFail());
        for (int i = 0; i < 2; i++)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
        }
    }

    [Fact]
    public async Task Read_OtherPassword_SaysSo()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IConnection client = await ConnectAsync(near, ShadowsocksWire.Key(Aead), new("192.0.2.1", 80));
        await far.Stream.WriteAsync(ShadowsocksWire.First(ShadowsocksKey.Create(Aead, "other"), 1, 65));
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        Assert.Equal(ForwardError.AuthenticationFailed, failure.Error);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Read_OfNoBytes_WaitsUntilThereAreSome(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ShadowsocksConnection connection = ShadowsocksConnection.Accept(far, key, _time);
        Task<int> waiting = connection.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await near.Stream.WriteAsync(ShadowsocksWire.First(key, 1, "hello"u8.ToArray()));
        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal("h"u8.ToArray(), await connection.ReadAsync(1).OrFail());
        Assert.Equal(0, await connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail()); // the rest is here
        Assert.Equal("ello"u8.ToArray(), await connection.ReadAsync(4).OrFail());
        Assert.False(connection.Stream.ReadAsync(Memory<byte>.Empty).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Dispose_DuringAReadAndAWrite_EndsBoth()
    {
        (InMemoryConnection near, _) = InMemoryConnection.CreatePair(bufferSize: 1000);
        IConnection client = await ConnectAsync(near, ShadowsocksWire.Key(Aead), new("192.0.2.1", 80));
        Task<int> reading = client.Stream.ReadAsync(new byte[1]).AsTask();
        Task writing = client.Stream.WriteAsync(new byte[10_000]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        await client.DisposeAsync().OrFail();
        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAsync<IOException>(() => writing.OrFail());
    }

    [Fact]
    public void Nonces_UsedUp_AreAnError()
    {
        using ShadowsocksChunks chunks = new(ShadowsocksWire.Key(Aead).CreateAead(new byte[16]), ulong.MaxValue - 2);
        chunks.Seal([], [1], new byte[100]);
        Assert.Throws<ForwardException>(() => chunks.Seal([], [1], new byte[100]));
    }

    /// <summary>4 MiB each way at the same time, written and read in pieces of any size, over a connection that passes on any size.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Traffic_BothWaysInPiecesOfAnySize_ArrivesWhole(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 50_000);
        await using IConnection client = await ConnectAsync(near, key, new("192.0.2.1", 80));
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, _time);
        Task<byte[]>[] sending = [SendAsync(client, 1), SendAsync(server, 2)];
        byte[][] received = await Task.WhenAll(ReceiveAsync(server, 3, skip: 7), ReceiveAsync(client, 4, skip: 0)).OrFail();
        Assert.Equal(await sending[0], received[0]);
        Assert.Equal(await sending[1], received[1]);
    }

    private static async Task<byte[]> SendAsync(IConnection connection, int seed)
    {
        Random random = new(seed);
        byte[] data = new byte[4 << 20];
        random.NextBytes(data);
        for (int start = 0, count; start < data.Length; start += count)
        {
            count = Math.Min(random.Next(1, random.Next(3) == 0 ? 100 : 200_000), data.Length - start);
            await connection.Stream.WriteAsync(data.AsMemory(start, count));
        }

        await connection.CompleteWritesAsync();
        return SHA256.HashData(data);
    }

    private static async Task<byte[]> ReceiveAsync(IConnection connection, int seed, int skip)
    {
        await connection.ReadAsync(skip);
        Random random = new(seed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[100_000];
        while (true)
        {
            if (random.Next(3) == 0)
            {
                Assert.Equal(0, await connection.Stream.ReadAsync(Memory<byte>.Empty));
            }

            int count = await connection.Stream.ReadAsync(buffer.AsMemory(0, random.Next(1, random.Next(3) == 0 ? 50 : buffer.Length)));
            if (count == 0)
            {
                return hash.GetHashAndReset();
            }

            hash.AppendData(buffer, 0, count);
        }
    }

    private Task<IConnection> ConnectAsync(IConnection node, ShadowsocksKey key, HostEndPoint target) =>
        new ShadowsocksConnector(new Node(new("ss1", 8338)), key, new() { Time = _time }).ConnectAsync(node, target).AsTask();
}

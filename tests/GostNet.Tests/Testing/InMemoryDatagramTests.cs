using System.Net;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Testing;

public sealed class InMemoryDatagramTests
{
    private static readonly HostEndPoint Dns = new("dns", 53);

    private readonly InMemoryNetwork _network = new() { DatagramQueueLength = 2 };
    private readonly byte[] _buffer = new byte[65535];

    [Fact]
    public async Task Datagrams_OfTwoClients_AreAnsweredToTheRightOne()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket one = await DialAsync();
        await using IDatagramSocket two = await DialAsync();
        await one.SendAsync(new byte[] { 1 });
        await two.SendAsync(new byte[] { 2 });

        for (int i = 1; i <= 2; i++)
        {
            SocketAddress source = listener.CreateAddress();
            Assert.Equal(1, await listener.ReceiveFromAsync(_buffer, source).OrFail());
            Assert.Equal(i, _buffer[0]);
            Assert.Equal((i == 1 ? one : two).LocalEndPoint, listener.GetEndPoint(source));
            await listener.SendToAsync(new byte[i], source);
        }

        Assert.Equal(1, await one.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(2, await two.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(0, _network.LostDatagrams);
    }

    [Fact]
    public async Task Datagrams_Empty_AreCarried()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();

        await client.SendAsync(default);
        Assert.Equal(0, await listener.ReceiveFromAsync(_buffer, source).OrFail());

        Task ready = client.WaitToReceiveAsync().AsTask();
        Assert.False(ready.IsCompleted);
        await listener.SendToAsync(default, source);
        await ready.OrFail();
        Assert.Equal(0, await client.ReceiveAsync(_buffer).OrFail());
    }

    [Fact]
    public async Task Send_WhereNothingListens_IsRefusedAtTheNextCallOnce()
    {
        await using IDatagramSocket client = await DialAsync();
        Task<int> receive = client.ReceiveAsync(_buffer).AsTask();

        await client.SendAsync(new byte[1]);
        AssertRefused(await Assert.ThrowsAsync<ForwardException>(() => receive.OrFail()));

        await client.SendAsync(new byte[1]);
        AssertRefused(await Assert.ThrowsAsync<ForwardException>(() => client.SendAsync(new byte[1]).OrFail()));

        await client.SendAsync(new byte[1]);
        AssertRefused(await Assert.ThrowsAsync<ForwardException>(() => client.WaitToReceiveAsync().OrFail()));

        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await client.SendAsync(new byte[3]);
        Assert.Equal(3, await listener.ReceiveFromAsync(_buffer, listener.CreateAddress()).OrFail());

        static void AssertRefused(ForwardException exception)
        {
            Assert.Equal(ForwardError.ConnectionRefused, exception.Error);
            Assert.True(exception.IsTargetFault);
            Assert.Equal(Dns, exception.Target);
        }
    }

    [Fact]
    public async Task Receive_WithASmallBuffer_LosesTheDatagram()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();

        await client.SendAsync(new byte[9]);
        await client.SendAsync(new byte[8]);
        Assert.Equal(8, await listener.ReceiveFromAsync(_buffer.AsMemory(0, 8), source).OrFail());

        await listener.SendToAsync(new byte[9], source);
        await listener.SendToAsync(new byte[8], source);
        ForwardException exception = await Assert.ThrowsAsync<ForwardException>(() => client.ReceiveAsync(_buffer.AsMemory(0, 8)).OrFail());
        Assert.Equal(ForwardError.DatagramTooLarge, exception.Error);
        Assert.Equal(8, await client.ReceiveAsync(_buffer.AsMemory(0, 8)).OrFail());
        Assert.Equal(2, _network.LostDatagrams);
    }

    [Fact]
    public async Task Send_TooLarge_Fails()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();

        await client.SendAsync(new byte[65_507]);
        Assert.Equal(65_507, await listener.ReceiveFromAsync(_buffer, source).OrFail());

        await Assert.ThrowsAsync<ForwardException>(() => client.SendAsync(new byte[65_508]).OrFail());
        await Assert.ThrowsAsync<ForwardException>(() => listener.SendToAsync(new byte[65_508], source).OrFail());
    }

    [Fact]
    public async Task Send_IntoAFullQueue_IsLostAndCounted()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync(new byte[1]);
        }

        Assert.Equal(3, _network.LostDatagrams);
        await listener.ReceiveFromAsync(_buffer, source).OrFail();
        await client.DisposeAsync();
        await listener.SendToAsync(new byte[1], source);
        Assert.Equal(4, _network.LostDatagrams);
    }

    [Fact]
    public async Task SendTo_AClientOfAnotherListener_IsLost()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramListener stranger = await _network.ListenDatagramsAsync(new("", 53));
        await using IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();
        await client.SendAsync(new byte[1]);
        await listener.ReceiveFromAsync(_buffer, source).OrFail();

        await stranger.SendToAsync(new byte[1], source);

        Assert.Equal(1, _network.LostDatagrams);
    }

    [Theory]
    [InlineData("", "127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "192.0.2.7", "127.0.0.1")]
    [InlineData("192.0.2.1", "::1", "192.0.2.1")]
    [InlineData("2001:db8::1", "192.0.2.7", "2001:db8::1")]
    public async Task SendTo_AnotherListener_ArrivesAndIsAnswered(string from, string to, string seenAs)
    {
        await using IDatagramListener one = await _network.ListenDatagramsAsync(new(from, 7));
        await using IDatagramListener two = await _network.ListenDatagramsAsync(new(to, 8));
        SocketAddress source = two.CreateAddress();

        await one.SendToAsync(new byte[3], one.GetAddress(new(IPAddress.Parse(to), 8)));
        Assert.Equal(3, await two.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal(new IPEndPoint(IPAddress.Parse(seenAs), 7), two.GetEndPoint(source));

        await two.SendToAsync(new byte[4], source);
        SocketAddress back = one.CreateAddress();
        Assert.Equal(4, await one.ReceiveFromAsync(_buffer, back).OrFail());
        Assert.Equal(one.GetAddress(new(IPAddress.Parse(to == "::1" ? "127.0.0.1" : to), 8)), back);
        Assert.Equal(0, _network.LostDatagrams);
    }

    [Fact]
    public async Task SendTo_AListenerWithAName_TakesItsAddress()
    {
        await using IDatagramListener dns = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramListener other = await _network.ListenDatagramsAsync(new("", 0));
        SocketAddress source = dns.CreateAddress();

        await other.SendToAsync(new byte[3], other.GetAddress(new(_network.Resolve("DNS"), 53)));
        Assert.Equal(3, await dns.ReceiveFromAsync(_buffer, source).OrFail());
        await dns.SendToAsync(new byte[4], source);

        Assert.Equal(4, await other.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal(new IPEndPoint(_network.Resolve("dns"), 53), other.GetEndPoint(source));
    }

    [Fact]
    public async Task SendTo_AClientNotHeardOf_Arrives()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();

        await listener.SendToAsync(new byte[3], listener.GetAddress((IPEndPoint)client.LocalEndPoint!));

        Assert.Equal(3, await client.ReceiveAsync(_buffer).OrFail());
    }

    [Fact]
    public async Task SendTo_WhereNothingListens_IsLostAndCounted()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);

        await listener.SendToAsync(new byte[3], listener.GetAddress(new(IPAddress.Loopback, 9)));

        Assert.Equal(1, _network.LostDatagrams);
    }

    [Fact]
    public async Task Resolve_OfEachKindOfHost_IsItsAddress()
    {
        await using IDatagramListener dns = await _network.ListenDatagramsAsync(Dns);
        await using IListener web = await _network.ListenAsync(new("web", 80));

        Assert.Equal(IPAddress.Parse("192.0.2.1"), _network.Resolve("192.0.2.1"));
        Assert.Equal(IPAddress.Loopback, _network.Resolve("localhost"));
        Assert.Equal(IPAddress.Loopback, _network.Resolve(""));
        Assert.Equal(_network.Resolve("dns"), _network.Resolve("DNS"));
        Assert.NotEqual(_network.Resolve("dns"), _network.Resolve("web"));
        Assert.Equal(
            ForwardError.NameNotResolved, Assert.Throws<ForwardException>(() => _network.Resolve("nowhere")).Error);
    }

    [Fact]
    public async Task Dispose_WithReceivesInFlight_EndsThem()
    {
        IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        IDatagramSocket client = await DialAsync();
        SocketAddress source = listener.CreateAddress();
        Task<int> listenerReceive = listener.ReceiveFromAsync(_buffer, source).AsTask();
        Task<int> clientReceive = client.ReceiveAsync(_buffer).AsTask();

        await client.DisposeAsync();
        await listener.DisposeAsync();

        Assert.Equal(-1, await listenerReceive.OrFail());
        Assert.Equal(-1, await clientReceive.OrFail());
        await client.WaitToReceiveAsync().OrFail();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.SendAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.SendToAsync(new byte[1], source).OrFail());
        await using IDatagramListener again = await _network.ListenDatagramsAsync(Dns);
    }

    [Fact]
    public async Task Receive_Cancelled_LosesNothing()
    {
        await using IDatagramListener listener = await _network.ListenDatagramsAsync(Dns);
        await using IDatagramSocket client = await DialAsync();
        using CancellationTokenSource cancellation = new();
        SocketAddress source = listener.CreateAddress();
        Task<int> receive = listener.ReceiveFromAsync(_buffer, source, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive.OrFail());

        await client.SendAsync(new byte[4]);

        Assert.Equal(4, await listener.ReceiveFromAsync(_buffer, source).OrFail());
    }

    [Fact]
    public async Task Dial_Scripted_FailsAndHangsButTakesNoNoticeOfFailAfter()
    {
        _network.Fail(Dns, ForwardError.NameNotResolved);
        Assert.Equal(ForwardError.NameNotResolved, (await Assert.ThrowsAsync<ForwardException>(() => DialAsync())).Error);

        _network.FailAfter(Dns, 1);
        await using IDatagramSocket client = await DialAsync();
        _network.Restore(Dns);

        _network.Hang(Dns);
        using CancellationTokenSource cancellation = new();
        Task hanging = _network.DatagramDialer.DialAsync(Dns, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.OrFail());
    }

    private Task<IDatagramSocket> DialAsync() => _network.DatagramDialer.DialAsync(Dns).AsTask();
}

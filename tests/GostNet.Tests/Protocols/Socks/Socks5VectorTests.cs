using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>Replays what GOST 2.8.1 was recorded to say and to hear about BIND, its multiplexed BIND and its UDP tunnel.</summary>
public class Socks5VectorTests
{
    private static readonly HostEndPoint TcpEndPoint = new("", 20081);
    private static readonly HostEndPoint UdpEndPoint = new("", 20054);
    private static readonly HostEndPoint Target = new("127.0.0.1", 20053);
    private readonly ScriptedNode _node = new();
    private readonly byte[] _buffer = new byte[65_535];

    /// <summary>Whether GOST was the client or the server: the client's bytes are ours.</summary>
    [Theory]
    [InlineData("client_rtcp_bind")]
    [InlineData("bind_two_replies")]
    public async Task Bind_Recorded_SendsTheSameBytes(string name)
    {
        Task<IListener> listen = Create(name).ListenAsync(_node.OpenAsync, TcpEndPoint).AsTask();
        ScriptedControl node = await _node.NextAsync();
        IConnection? peer = null;

        foreach ((string direction, byte[] bytes, string what) in Transcripts.Read(name))
        {
            if (direction == "s>c")
            {
                await node.Far.Stream.WriteAsync(bytes);
                peer ??= what.StartsWith("second reply", StringComparison.Ordinal) ? await (await listen.OrFail()).AcceptAsync().OrFail() : null;
                if (what == "payload")
                {
                    Assert.Equal(bytes, await peer!.ReadAsync(bytes.Length).OrFail());
                }
            }
            else
            {
                await (peer?.Stream.WriteAsync(bytes) ?? default);
                await node.ExpectAsync(Convert.ToHexString(bytes));
            }
        }

        Assert.Equal("127.0.0.1:40001", peer!.RemoteEndPoint!.ToString());
        await _node.NextAsync(); // armed again
    }

    [Theory]
    [InlineData("client_rtcp_mbind", "reply")]
    [InlineData("mbind_first_frames", "single reply")]
    public async Task MuxBind_Recorded_SendsTheSameBytesAndLeavesTheFrames(string name, string reply)
    {
        TaskCompletionSource<IConnection> carrier = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IListener> listen = Create(name, c =>
        {
            carrier.SetResult(c);
            return new FakeSession(c);
        }).ListenAsync(_node.OpenAsync, TcpEndPoint).AsTask();
        ScriptedControl node = await _node.NextAsync();
        List<byte> frames = [];

        bool replied = false;
        foreach ((string direction, byte[] bytes, string what) in Transcripts.Read(name))
        {
            if (direction == "s>c")
            {
                await node.Far.Stream.WriteAsync(bytes);
                frames.AddRange(replied ? bytes : []);
                replied |= what.StartsWith(reply, StringComparison.Ordinal);
            }
            else if (!replied)
            {
                await node.ExpectAsync(Convert.ToHexString(bytes));
            }
        }

        await using IListener listener = await listen.OrFail();
        Assert.Equal(frames, await (await carrier.Task.OrFail()).ReadAsync(frames.Count).OrFail());
    }

    [Theory]
    [InlineData("client_udp_forward")]
    [InlineData("udp_tunnel_outbound")]
    public async Task Tunnel_Recorded_SendsTheSameBytes(string name)
    {
        Socks5Connector connector = Create(name);
        Task<IDatagramSocket> connect = connector.ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
        ScriptedControl node = await _node.NextAsync();
        IDatagramSocket? socket = null;

        foreach ((string direction, byte[] bytes, string what) in Transcripts.Read(name))
        {
            if (what.StartsWith("datagram 2 to localhost", StringComparison.Ordinal))
            {
                continue; // a tunnel of ours has one target
            }

            if (direction == "s>c")
            {
                await node.Far.Stream.WriteAsync(bytes);
                if (socket is not null)
                {
                    Assert.Equal(bytes[10..], _buffer[..await socket.ReceiveAsync(_buffer).OrFail()]);
                }
                else if (what.StartsWith("reply", StringComparison.Ordinal))
                {
                    socket = await connect.OrFail();
                }
            }
            else
            {
                await (socket?.SendAsync(bytes.AsMemory(10)) ?? default);
                await node.ExpectAsync(Convert.ToHexString(bytes));
            }
        }

        Assert.NotNull(socket);
    }

    [Theory]
    [InlineData("client_rudp")]
    [InlineData("udp_tunnel_bound_port")]
    [InlineData("udp_tunnel_empty_datagram_defect")]
    public async Task TunnelListener_Recorded_SendsTheSameBytes(string name)
    {
        Task<IDatagramListener> listen = Create(name).ListenDatagramsAsync(_node.OpenAsync, UdpEndPoint).AsTask();
        ScriptedControl node = await _node.NextAsync();
        IDatagramListener? listener = null;
        SocketAddress source = new(System.Net.Sockets.AddressFamily.InterNetworkV6);

        foreach ((string direction, byte[] bytes, string what) in Transcripts.Read(name))
        {
            if (direction == "s>c")
            {
                await node.Far.Stream.WriteAsync(bytes);
                if (listener is not null)
                {
                    Assert.Equal(bytes[10..], _buffer[..await listener.ReceiveFromAsync(_buffer, source).OrFail()]);
                    Assert.Equal("127.0.0.1:40053", listener.GetEndPoint(source).ToString());
                }
                else if (what.StartsWith("reply", StringComparison.Ordinal))
                {
                    listener = await listen.OrFail();
                    source = listener.CreateAddress();
                }
            }
            else
            {
                await (listener?.SendToAsync(bytes.AsMemory(10), source) ?? default);
                await node.ExpectAsync(Convert.ToHexString(bytes));
            }
        }

        Assert.NotNull(listener);
    }

    [Theory]
    [InlineData("bind_port_in_use", false)]
    [InlineData("mbind_port_in_use", true)]
    public async Task Listen_RecordedPortInUse_Fails(string name, bool multiplexed)
    {
        HostEndPoint endPoint = new("127.0.0.1", 20081);
        Task<IListener> listen = Create(name, multiplexed ? c => new FakeSession(c) : null).ListenAsync(_node.OpenAsync, endPoint).AsTask();
        ScriptedControl node = await _node.NextAsync();
        foreach ((string direction, byte[] bytes, _) in Transcripts.Read(name))
        {
            await (direction == "s>c" ? node.SendAsync(Convert.ToHexString(bytes)) : node.ExpectAsync(Convert.ToHexString(bytes)));
        }

        Assert.Equal(ForwardError.ProxyFailure, (await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail())).Error);
    }

    // As a client GOST offers TLS always. As a server it was asked without.
    private static Socks5Connector Create(string name, Func<IConnection, IMultiplexSession>? multiplex = null) => new("gost", settings: new()
    {
        StartTls = name.StartsWith("client_", StringComparison.Ordinal)
            ? (_, _) => throw new InvalidOperationException("TLS was not chosen.")
            : null,
        Multiplex = multiplex,
    });
}

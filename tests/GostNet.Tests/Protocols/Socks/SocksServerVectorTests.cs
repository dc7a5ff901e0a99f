using System.Net;
using System.Text.Json;
using GostNet.Protocols;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>Replays what was recorded from GOST 2.8.1 as a server: our answers are the same bytes, but where it is a mistake to copy
/// it.</summary>
public sealed class SocksServerVectorTests
{
    /// <summary>Answers of ours that differ on purpose, by transcript and by what the recording calls the step.</summary>
    private static readonly Dictionary<(string Transcript, string Step), string> Differences = new()
    {
        [("connect_refused", "reply: 04 host unreachable, used for every dial failure")] = "05050001000000000000",
    };

    /// <summary>GOST closes these without a word, and we say why (socks, section 9).</summary>
    private static readonly Dictionary<string, string> Replies = new()
    {
        ["unknown_command_9"] = "05070001000000000000",
        ["bad_address_type_2"] = "05080001000000000000",
    };

    private readonly InMemoryNetwork _network = new();
    private readonly FakeMultiplexSession _session = new();
    private readonly Dictionary<string, IListener> _targets = [];
    private readonly Dictionary<string, IConnection> _connections = [];
    private readonly Dictionary<string, IDatagramListener> _datagramPorts = [];
    private readonly Dictionary<string, SocketAddress> _senders = [];
    private readonly Dictionary<string, int> _varying = [];
    private readonly byte[] _buffer = new byte[65535];
    private ServedClient _client = null!;
    private IConnection _inside = null!;

    public static TheoryData<string> Transcripts() =>
    [
        .. Read("transcripts").Where(t => t.GetProperty("real_side").GetString() == "server")
            .Select(t => t.GetProperty("name").GetString()!),
    ];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task Server_Recorded_AnswersTheSameBytes(string name)
    {
        JsonElement transcript = Read("transcripts").Single(t => t.GetProperty("name").GetString() == name);
        string arguments = transcript.GetProperty("gost_args").ToString();
        bool startsTls = transcript.GetProperty("steps").EnumerateArray().Any(step => EventOf(step) == "tls_client_handshake");
        IProxyServer server = name.StartsWith("socks4", StringComparison.Ordinal)
            ? new Socks4Server()
            : new Socks5Server(_ => _session, startsTls ? TestTls.ServeAsync : null);
        InMemoryProxyHost host = new(_network)
        {
            Authenticator = arguments.Contains("user:pass", StringComparison.Ordinal) ? new OneUser() : null,
            IsForbidden = target => arguments.Contains("blacklist", StringComparison.Ordinal) && target.Port == 20080,
        };
        _targets["20080"] = await _network.ListenAsync(new("127.0.0.1", 20080));
        _client = new(server, host);
        _inside = _client.Connection;
        await using ServedClient client = _client;

        foreach (JsonElement step in transcript.GetProperty("steps").EnumerateArray())
        {
            string what = step.TryGetProperty("what", out JsonElement text) ? text.GetString()! : "";
            if (what.StartsWith("smux", StringComparison.Ordinal))
            {
                return; // another layer's
            }

            if (name == "udp_tunnel_empty_datagram_defect" && what.StartsWith("RSV = 0", StringComparison.Ordinal))
            {
                Assert.Equal(0, (await host.DropAsync()).Size);
                return;
            }

            switch (step.TryGetProperty("dir", out JsonElement direction) ? direction.GetString() : null)
            {
                case "c>s":
                    await _client.SendAsync(step.GetProperty("hex").GetString()!);
                    break;
                case "s>c":
                    await ExpectAsync(name, what, step);
                    break;
                default:
                    await PlayAsync(name, EventOf(step), step);
                    break;
            }
        }
    }

    /// <summary>GOST chooses methods that were not offered. We do not, but for 82, which it means by 80.</summary>
    [Fact]
    public void Methods_Recorded_AreChosenIfTheyWereOffered()
    {
        foreach (JsonElement row in Read("method_selection"))
        {
            Socks5Method[] offered =
                [.. Convert.FromHexString(row.GetProperty("offered_methods").GetString()!).Select(b => (Socks5Method)b)];
            bool needsLogin = row.GetProperty("server_requires_auth").GetBoolean();
            Socks5Method gost = (Socks5Method)Convert.FromHexString(row.GetProperty("server_answer").GetString()!)[1];
            bool isFair = offered.Contains(gost) || (gost == Socks5Method.TlsUserPassword && offered.Contains(Socks5Method.Tls));
            Socks5Method expected = isFair ? gost
                : needsLogin && offered.Contains(Socks5Method.TlsUserPassword) ? Socks5Method.TlsUserPassword // GOST ignores it
                : Socks5Method.NoneAcceptable;

            Assert.Equal(expected, Socks5Server.ChooseMethod(offered, needsLogin, canStartTls: true));
        }
    }

    private static JsonElement.ArrayEnumerator Read(string part) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "socks5.json")))
            .RootElement.GetProperty(part).EnumerateArray();

    private static string EventOf(JsonElement step) => step.TryGetProperty("event", out JsonElement name) ? name.GetString()! : "";

    private static byte[] BytesOf(JsonElement step) => step.TryGetProperty("hex", out JsonElement hex)
        ? Convert.FromHexString(hex.GetString()!)
        : [.. Enumerable.Range(0, step.GetProperty("n").GetInt32()).Select(i => (byte)(i % 251))];

    private async Task ExpectAsync(string name, string what, JsonElement step)
    {
        byte[] expected = Convert.FromHexString(Differences.GetValueOrDefault((name, what)) ?? step.GetProperty("hex").GetString()!);
        byte[] actual = await _client.ReceiveAsync(expected.Length);
        if (step.TryGetProperty("vary", out JsonElement fields))
        {
            foreach (JsonElement field in fields.EnumerateArray())
            {
                int offset = field.GetProperty("offset").GetInt32();
                _varying[field.GetProperty("name").GetString()!] = (actual[offset] << 8) | actual[offset + 1];
                actual.AsSpan(offset, 2).CopyTo(expected.AsSpan(offset));
            }
        }
        else if (what.StartsWith("second reply", StringComparison.Ordinal))
        {
            int port = ((IPEndPoint)_connections["p1"].LocalEndPoint!).Port; // peers in memory do not choose theirs
            expected[8] = (byte)(port >> 8);
            expected[9] = (byte)port;
        }

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }

    private async Task PlayAsync(string name, string what, JsonElement step)
    {
        string id = step.TryGetProperty("id", out JsonElement named) ? named.GetString()! : "";
        int port = step.TryGetProperty("port", out JsonElement number) ? number.GetInt32() : 0;
        switch (what)
        {
            case "target_accept":
                _connections[id] = (await _targets[$"{port}"].AcceptAsync().OrFail())!;
                break;
            case "peer_connect":
                _connections[id] = await _network.Dialer.DialAsync(new("127.0.0.1", port));
                break;
            case "occupy_tcp":
                _targets[$"{port}"] = await _network.ListenAsync(new("127.0.0.1", port));
                break;
            case "target_send" or "peer_send":
                await _connections[id].Stream.WriteAsync(BytesOf(step));
                break;
            case "target_expect" or "peer_expect":
                Assert.Equal(BytesOf(step), await _connections[id].ReadAsync(BytesOf(step).Length).OrFail());
                break;
            case "target_close" or "peer_close":
                await _connections[id].DisposeAsync();
                break;
            case "server_closes":
                if (Replies.TryGetValue(name, out string? reply))
                {
                    await _client.ExpectAsync(reply);
                }

                await _client.ExpectEndAsync();
                break;
            case "udp_open":
                _datagramPorts[id] = await _network.ListenDatagramsAsync(new("127.0.0.1", port));
                break;
            case "udp_send":
                JsonElement to = step.GetProperty("to_port");
                int toPort = to.ValueKind == JsonValueKind.Number ? to.GetInt32() : _varying[to.GetString()!];
                await _datagramPorts[id].SendToAsync(
                    BytesOf(step), _datagramPorts[id].GetAddress(new(IPAddress.Loopback, toPort)));
                break;
            case "udp_expect" or "udp_expect_size":
                SocketAddress sender = _senders[id] = _datagramPorts[id].CreateAddress();
                int size = await _datagramPorts[id].ReceiveFromAsync(_buffer, sender).OrFail();
                Assert.Equal(Convert.ToHexString(BytesOf(step)), Convert.ToHexString(_buffer, 0, size));
                if (step.TryGetProperty("sender", out JsonElement from))
                {
                    Assert.Equal(new IPEndPoint(IPAddress.Loopback, _varying[from.GetString()!]), _datagramPorts[id].GetEndPoint(sender));
                }

                break;
            case "udp_reply" or "udp_reply_size":
                await _datagramPorts[id].SendToAsync(BytesOf(step), _senders[id]);
                break;
            case "tls_client_handshake":
                _inside = await TestTls.ConnectAsync(_client.Connection).OrFail();
                break;
            case "tls_send":
                await _inside.Stream.WriteAsync(BytesOf(step));
                break;
            case "tls_expect":
                Assert.Equal(BytesOf(step), await _inside.ReadAsync(BytesOf(step).Length).OrFail());
                break;
            default:
                Assert.Fail($"The recording has an event that is not played: {what}.");
                break;
        }
    }
}

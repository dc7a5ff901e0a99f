using System.Buffers.Binary;
using System.Text;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>A peer that speaks packet by packet what a test has it say, right or wrong. It knows one set of algorithms.</summary>
internal sealed class SshPeer : IAsyncDisposable
{
    public const string Version = "SSH-2.0-Peer";

    private static readonly Ed25519PrivateKey HostKey = Ed25519PrivateKey.Generate();

    private readonly InMemoryConnection _wire;
    private readonly bool _isServer;
    private readonly Task<SshConnection> _connecting;
    private PacketSealer _sealer = new PlainSealer();
    private PacketOpener _opener = new PlainOpener();
    private uint _sent;
    private uint _received;
    private byte[] _sessionId = [];

    private SshPeer(InMemoryConnection wire, bool isServer, Task<SshConnection> connecting)
    {
        _wire = wire;
        _isServer = isServer;
        _connecting = connecting;
    }

    /// <summary>What the connection under test does with what this peer asks for.</summary>
    public TestHandler Handler { get; private init; } = new();

    /// <summary>The algorithms that it offers.</summary>
    public AlgorithmPreferences Preferences { get; set; } = AlgorithmPreferences.Default with
    {
        Kex = ["curve25519-sha256"],
        Ciphers = ["aes128-gcm@openssh.com"],
    };

    /// <summary>Whether it says that it knows strict key exchange.</summary>
    public bool IsStrict { get; set; } = true;

    /// <summary>The other side's version line.</summary>
    public string OtherVersion { get; private set; } = "";

    /// <summary>The bytes under the packets.</summary>
    public IConnection Wire => _wire;

    /// <summary>Begins as the server of a client that is to be tested.</summary>
    public static Task<SshPeer> StartServerAsync(SshClientSettings? settings = null)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1024 * 1024);
        TestHandler handler = new();
        Task<ISshConnection> connecting = SshConnections.ConnectAsync(
            near, settings ?? SshPair.ClientSettings, TestLogin.AskAsync, handler, CancellationToken.None).AsTask();
        return Task.FromResult(new SshPeer(far, isServer: true, Result(connecting)) { Handler = handler });

        static async Task<SshConnection> Result(Task<ISshConnection> connecting) => (SshConnection)await connecting;
    }

    /// <summary>Begins as the client of a server that is to be tested.</summary>
    public static Task<SshPeer> StartClientAsync(SshServerSettings? settings = null)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1024 * 1024);
        TestHandler handler = new();
        Task<SshConnection> accepting = Task.Run(async () =>
        {
            (ISshConnection connection, _) = await SshConnections.AcceptAsync(
                near, settings ?? SshPair.ServerSettings, TestLogin.AdmitAsync, (_, _) => handler, CancellationToken.None);
            return (SshConnection)connection;
        });
        return Task.FromResult(new SshPeer(far, isServer: false, accepting) { Handler = handler });
    }

    /// <summary>What the side under test made of it all.</summary>
    public Task<SshConnection> Result => _connecting.OrFail();

    /// <summary>Exchanges version lines and first keys.</summary>
    public async Task HandshakeAsync()
    {
        await SendVersionAsync();
        await ExchangeAsync(await ReceiveAsync());
    }

    /// <summary>Does everything until the connection under test is ready.</summary>
    public async Task<SshConnection> LogInAsync()
    {
        await HandshakeAsync();
        if (_isServer)
        {
            Assert.Equal(TestLogin.Request, await ReceiveAsync());
            await SendAsync([MessageNumber.UserAuthSuccess]);
        }
        else
        {
            Assert.Equal(MessageNumber.ExtInfo, (await ReceiveAsync())[0]);
            await SendAsync(TestLogin.Request);
            byte[] answer = await ReceiveAsync();
            Assert.Equal([MessageNumber.UserAuthSuccess], answer);
        }

        return await Result;
    }

    public async Task SendVersionAsync()
    {
        await SendRawAsync(Encoding.ASCII.GetBytes(Version + "\r\n"));
        OtherVersion = await ReadLineAsync();
    }

    public async Task<string> ReadLineAsync()
    {
        List<byte> line = [];
        while (line.Count == 0 || line[^1] != '\n')
        {
            line.Add((await _wire.ReadAsync(1).OrFail())[0]);
        }

        return Encoding.ASCII.GetString([.. line]).TrimEnd();
    }

    public KexInit Offer(bool isFirst = true)
    {
        KexInit offer = KexInit.Create(Preferences, _isServer, isFirst);
        return IsStrict
            ? offer
            : offer with { Kex = [.. offer.Kex.Where(name => !name.StartsWith("kex-strict", StringComparison.Ordinal))] };
    }

    /// <summary>Answers a KEXINIT, and goes on to the new keys.</summary>
    public async Task ExchangeAsync(byte[] otherKexInit, byte[]? ownKexInit = null)
    {
        if (ownKexInit is null)
        {
            ownKexInit = Offer(_sessionId.Length == 0).Write();
            await SendAsync(ownKexInit);
        }

        Assert.True(KexInit.TryRead(otherKexInit, out KexInit? other));
        Assert.True(KexInit.TryRead(ownKexInit, out KexInit? own));
        NegotiatedAlgorithms algorithms = _isServer ? Negotiation.Choose(other, own) : Negotiation.Choose(own, other);
        using KeyExchangeMethod method = KeyExchangeMethods.Create(algorithms.Kex);
        byte[] clientValue;
        byte[] serverValue;
        byte[] secret;
        byte[] hostKey;
        if (_isServer)
        {
            clientValue = StringsOf(await ReceiveAsync(), MessageNumber.KexClientValue, 1)[0];
            (serverValue, secret) = method.Respond(clientValue);
            hostKey = HostKey.PublicKey.Blob.ToArray();
        }
        else
        {
            clientValue = method.Start();
            await SendAsync(SshWriter.Message(MessageNumber.KexClientValue).String(clientValue).ToArray());
            byte[][] reply = StringsOf(await ReceiveAsync(), MessageNumber.KexServerValue, 3);
            (hostKey, serverValue) = (reply[0], reply[1]);
            secret = method.Finish(serverValue);
        }

        byte[] hash = ExchangeHash.Compute(
            method.Hash,
            Encoding.ASCII.GetBytes(_isServer ? OtherVersion : Version),
            Encoding.ASCII.GetBytes(_isServer ? Version : OtherVersion),
            _isServer ? otherKexInit : ownKexInit,
            _isServer ? ownKexInit : otherKexInit,
            hostKey,
            clientValue,
            serverValue,
            secret);
        if (_isServer)
        {
            await SendAsync(SshWriter.Message(MessageNumber.KexServerValue)
                .String(hostKey).String(serverValue).String(HostKey.Sign("ssh-ed25519", hash)).ToArray());
        }

        _sessionId = _sessionId.Length == 0 ? hash : _sessionId;
        await SendAsync([MessageNumber.NewKeys]);
        CipherAlgorithm cipher = CipherSuites.Ciphers[algorithms.CipherToServer];
        MacAlgorithm? mac = algorithms.MacToServer is { } name ? CipherSuites.Macs[name] : null;
        _sealer = _isServer
            ? CipherSuites.CreateSealer(cipher, mac, Key('B', cipher.IvSize), Key('D', cipher.KeySize), Key('F', mac?.KeySize ?? 0))
            : CipherSuites.CreateSealer(cipher, mac, Key('A', cipher.IvSize), Key('C', cipher.KeySize), Key('E', mac?.KeySize ?? 0));
        _sent = IsStrict ? 0 : _sent;
        byte[] newKeys = await ReceiveAsync();
        Assert.Equal([MessageNumber.NewKeys], newKeys);
        _opener = !_isServer
            ? CipherSuites.CreateOpener(cipher, mac, Key('B', cipher.IvSize), Key('D', cipher.KeySize), Key('F', mac?.KeySize ?? 0))
            : CipherSuites.CreateOpener(cipher, mac, Key('A', cipher.IvSize), Key('C', cipher.KeySize), Key('E', mac?.KeySize ?? 0));
        _received = IsStrict ? 0 : _received;

        byte[] Key(char letter, int size)
        {
            byte[] key = new byte[size];
            KeyDerivation.Derive(method.Hash, secret, hash, letter, _sessionId, key);
            return key;
        }
    }

    public Task SendRawAsync(byte[] bytes) => _wire.Stream.WriteAsync(bytes).OrFail();

    public Task SendAsync(byte[] payload) => SendRawAsync(Seal(payload));

    public Task SendAsync(SshWriter message) => SendAsync(message.ToArray());

    /// <summary>A packet as it travels.</summary>
    public byte[] Seal(byte[] payload)
    {
        int padding = 4;
        while ((payload.Length + padding + (_sealer.PadsLength ? 5 : 1)) % _sealer.BlockSize != 0)
        {
            padding++;
        }

        return Seal(payload, padding, (uint)(1 + payload.Length + padding));
    }

    /// <summary>A packet with lengths that need not be right.</summary>
    public byte[] Seal(byte[] payload, int padding, uint length)
    {
        byte[] packet = new byte[5 + payload.Length + padding + _sealer.TagSize];
        BinaryPrimitives.WriteUInt32BigEndian(packet, length);
        packet[4] = (byte)padding;
        payload.CopyTo(packet, 5);
        _sealer.Seal(_sent++, packet);
        return packet;
    }

    /// <summary>The payload of the next packet.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        byte[] header = await _wire.ReadAsync(_opener.HeaderSize).OrFail();
        int length = (int)_opener.ReadLength(_received, header);
        byte[] packet = [.. header, .. await _wire.ReadAsync(sizeof(uint) + length + _opener.TagSize - header.Length).OrFail()];
        Assert.True(_opener.TryOpen(_received++, packet));
        return packet[5..(sizeof(uint) + length - packet[4])];
    }

    /// <summary>Waits for a message, and passes over others.</summary>
    public async Task<byte[]> ReceiveAsync(byte number)
    {
        byte[] payload;
        do
        {
            payload = await ReceiveAsync();
        }
        while (payload[0] != number);

        return payload;
    }

    /// <summary>Expects that the side under test ends the connection, and says so.</summary>
    public async Task AssertDroppedAsync(params DisconnectReason[] reasons)
    {
        byte[] payload = await ReceiveAsync(MessageNumber.Disconnect);
        Assert.True(TransportMessages.TryReadDisconnect(payload, out DisconnectReason reason, out _));
        Assert.Contains(reason, reasons);
        await _wire.DisposeAsync();
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            SshConnection connection = await Result;
            await connection.Completion.OrFail();
            await connection.DisposeAsync();
            throw connection.Error!;
        });
        Assert.IsType<SshException>(error);
    }

    public async ValueTask DisposeAsync()
    {
        await _wire.DisposeAsync();
        try
        {
            await (await Result).DisposeAsync().OrFail();
        }
        catch (IOException)
        {
            // It did not come so far.
        }
    }

    private static byte[][] StringsOf(byte[] payload, byte number, int count)
    {
        Assert.Equal(number, payload[0]);
        SshReader reader = new(payload.AsSpan(1));
        byte[][] strings = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadString(out ReadOnlySpan<byte> value));
            strings[i] = value.ToArray();
        }

        return strings;
    }
}

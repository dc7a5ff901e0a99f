using System.Collections.Immutable;
using System.Security.Cryptography;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>Key exchange (RFC 4253, sections 7 to 9; ssh, section 2.5).</content>
/// <remarks>Either side may begin one at any time, and both may at once: each then takes the other's KEXINIT for the answer. All but the
/// beginning is done by the reader.</remarks>
internal sealed partial class SshConnection
{
    private readonly TaskCompletionSource _keysReady = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate; null while there is no exchange.
    private KexInit? _ownOffer;
    private byte[] _ownKexInit = [];
    private long _exchangeStarted;

    // The reader's.
    private ExchangeStep _exchangeStep = ExchangeStep.FirstOffer;
    private byte[] _peerKexInit = [];
    private NegotiatedAlgorithms? _algorithms;
    private KeyExchangeMethod? _method;
    private byte[] _clientValue = [];
    private PacketOpener? _nextOpener;
    private ReadOnlyMemory<byte> _sessionId;
    private ReadOnlyMemory<byte> _hostKey;
    private bool _isStrict;
    private bool _peerTakesExtInfo;
    private bool _isGuessToBeSkipped;
    private int _idleExchanges;

    /// <summary>How often keys were exchanged.</summary>
    public int Exchanges { get; private set; }

    /// <summary>Whether the connection is protected against messages that were left out or put in (ssh, section 2.5).</summary>
    public bool IsStrict => _isStrict;

    /// <summary>What was agreed on last.</summary>
    public NegotiatedAlgorithms? Negotiated => _algorithms;

    // Until both sides have sent NEWKEYS, and so longer than there is no session id: nothing may be put in before NEWKEYS either.
    private bool IsFirstExchange => Exchanges == 0;

    /// <summary>Begins an exchange of keys, unless one is under way.</summary>
    internal void BeginExchangeIfDue()
    {
        lock (Gate)
        {
            if (_isLoggedIn && !_isClosing && !_isEnded && _ownOffer is null && _openExchanges == 0)
            {
                BeginExchange();
                StartTicking();
            }
        }
    }

    /// <summary>Queues our KEXINIT. The caller holds the gate.</summary>
    private void BeginExchange()
    {
        _ownOffer = KexInit.Create(OwnPreferences(), _role == SshRole.Server, IsFirstExchange);
        _ownKexInit = _ownOffer.Write();
        _exchangeStarted = Time.GetTimestamp();
        _openExchanges++;
        _transport.Enqueue(new(_ownKexInit));
    }

    private AlgorithmPreferences OwnPreferences()
    {
        AlgorithmPreferences preferences = _settings.Algorithms;
        return _settings switch
        {
            SshClientSettings client => preferences.WithHostKeysFirst(client.HostKeyPolicy.KnownTypes),
            SshServerSettings server => preferences with
            {
                HostKeys = [.. preferences.HostKeys.Where(name => server.HostKeys.Any(key => key.PublicKey.Algorithms.Contains(name)))],
            },
            _ => preferences,
        };
    }

    /// <summary>Checks that a message may come where a key exchange or the login stands.</summary>
    /// <returns>True if it is to be passed over.</returns>
    private bool TakeDuringExchange(byte number)
    {
        if (_isGuessToBeSkipped)
        {
            _isGuessToBeSkipped = false;
            return true;
        }

        if (number == MessageNumber.Disconnect)
        {
            return false;
        }

        // Between its KEXINIT and its NEWKEYS a peer sends nothing else; in the first exchange of a strict connection not even IGNORE. Once there
        // are keys, what belongs to the connection is taken all the same, as OpenSSH does: Paramiko answers requests and opens in between.
        bool isOfExchange = number is MessageNumber.KexInit or MessageNumber.NewKeys or MessageNumber.KexClientValue
            or MessageNumber.KexServerValue;
        bool isIdle = number is MessageNumber.Ignore or MessageNumber.Debug or MessageNumber.Unimplemented;
        if (_exchangeStep != ExchangeStep.None && !isOfExchange && !(isIdle && !(IsFirstExchange && _isStrict))
            && !((number is MessageNumber.ExtInfo or >= MessageNumber.GlobalRequest) && !IsFirstExchange))
        {
            throw SshException.Protocol($"The peer has sent message {number} within a key exchange.");
        }

        return false;
    }

    private void TakeKexInit(ReadOnlySpan<byte> payload)
    {
        if (_exchangeStep is not (ExchangeStep.None or ExchangeStep.FirstOffer))
        {
            throw SshException.Protocol("The peer has sent KEXINIT twice.");
        }

        if (!KexInit.TryRead(payload, out KexInit? offer))
        {
            throw SshException.KeyExchange("The peer's KEXINIT cannot be read.");
        }

        KexInit ownOffer;
        lock (Gate)
        {
            if (_ownOffer is null)
            {
                CountExchange();
                BeginExchange();
                StartTicking();
            }

            ownOffer = _ownOffer!;
        }

        _peerKexInit = payload.ToArray();
        (KexInit client, KexInit server) = _role == SshRole.Client ? (ownOffer, offer) : (offer, ownOffer);
        if (_exchangeStep == ExchangeStep.FirstOffer)
        {
            _isStrict = Negotiation.IsStrict(client, server);
            _peerTakesExtInfo = Negotiation.TakesExtInfo(offer, _role == SshRole.Client);
            if (_isStrict && _receiveSequence != 1)
            {
                throw SshException.Protocol("The peer has sent something before its first KEXINIT.");
            }
        }

        _algorithms = Negotiation.Choose(client, server);
        _isGuessToBeSkipped = _role == SshRole.Client ? _algorithms.IsServerGuessWrong : _algorithms.IsClientGuessWrong;
        _method?.Dispose();
        _method = KeyExchangeMethods.Create(_algorithms.Kex);
        if (_role == SshRole.Server)
        {
            _exchangeStep = ExchangeStep.ClientValue;
            Flush();
            return;
        }

        _exchangeStep = ExchangeStep.ServerValue;
        _clientValue = _method.Start();
        Send(new OutgoingMessage(SshWriter.Message(MessageNumber.KexClientValue).String(_clientValue).ToArray()));
    }

    /// <summary>Server: takes the client's value, and does all of the rest.</summary>
    private async ValueTask TakeClientValueAsync(ReadOnlyMemory<byte> payload)
    {
        Expect(ExchangeStep.ClientValue, payload.Span[0]);
        byte[] clientValue = ReadValue(payload.Span);
        (byte[] serverValue, byte[] secret) = _method!.Respond(clientValue);
        ISshSigner signer = ((SshServerSettings)_settings).HostKeys.First(key => key.PublicKey.Algorithms.Contains(_algorithms!.HostKey));
        ReadOnlyMemory<byte> hostKey = signer.PublicKey.Blob;
        byte[] hash = ComputeHash(hostKey.Span, clientValue, serverValue, secret);
        byte[] signature = await signer.SignAsync(_algorithms!.HostKey, hash, _handshakeToken).ConfigureAwait(false);
        Send(new OutgoingMessage(SshWriter.Message(MessageNumber.KexServerValue)
            .String(hostKey.Span).String(serverValue).String(signature).ToArray()));
        TakeKeys(hash, secret);
    }

    /// <summary>Client: takes the server's value, and checks who the server is.</summary>
    private void TakeServerValue(ReadOnlySpan<byte> payload)
    {
        Expect(ExchangeStep.ServerValue, payload[0]);
        SshReader reader = new(payload[1..]);
        if (!reader.TryReadString(out ReadOnlySpan<byte> hostKey)
            || !reader.TryReadString(out ReadOnlySpan<byte> serverValue)
            || !reader.TryReadString(out ReadOnlySpan<byte> signature))
        {
            throw SshException.KeyExchange("The server's half of the key exchange is cut short.");
        }

        byte[] secret = _method!.Finish(serverValue);
        byte[] hash = ComputeHash(hostKey, _clientValue, serverValue, secret);
        VerifyHostKey(hostKey, hash, signature);
        TakeKeys(hash, secret);
    }

    private void VerifyHostKey(ReadOnlySpan<byte> hostKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        string algorithm = _algorithms!.HostKey;
        if (!PublicKeys.TryRead(hostKey, out SshPublicKey? key, out string? problem))
        {
            throw NotVerifiable($"The server's host key is not one that is taken: {problem}");
        }

        if (!key.Algorithms.Contains(algorithm))
        {
            throw NotVerifiable($"The server has sent a host key of type {key.Type}, and {algorithm} was agreed on.");
        }

        if (!key.Verify(algorithm, hash, signature))
        {
            throw NotVerifiable("The server's signature is not valid: it has not shown that the host key is its own.");
        }

        if (IsFirstExchange)
        {
            IHostKeyPolicy policy = ((SshClientSettings)_settings).HostKeyPolicy;
            policy.Verify(key, _settings.PeerAddress ?? (RemoteEndPoint as System.Net.IPEndPoint)?.Address);
            _hostKey = key.Blob;
        }
        else if (!hostKey.SequenceEqual(_hostKey.Span))
        {
            throw NotVerifiable("The server has changed its host key within a connection.");
        }
    }

    private byte[] ComputeHash(
        ReadOnlySpan<byte> hostKey, ReadOnlySpan<byte> clientValue, ReadOnlySpan<byte> serverValue, ReadOnlySpan<byte> secret)
    {
        bool isClient = _role == SshRole.Client;
        byte[] own;
        lock (Gate)
        {
            own = _ownKexInit;
        }

        return ExchangeHash.Compute(
            _method!.Hash,
            isClient ? VersionLine.Own.Span : _peerVersion,
            isClient ? _peerVersion : VersionLine.Own.Span,
            isClient ? own : _peerKexInit,
            isClient ? _peerKexInit : own,
            hostKey,
            clientValue,
            serverValue,
            secret);
    }

    /// <summary>Derives the keys, uses those for what leaves at once, and waits for NEWKEYS with the others.</summary>
    private void TakeKeys(byte[] hash, byte[] secret)
    {
        bool isFirst = IsFirstExchange;
        if (isFirst)
        {
            _sessionId = hash;
        }

        HashAlgorithmName name = _method!.Hash;
        bool isClient = _role == SshRole.Client;
        (PacketSealer? sealer, PacketOpener? toServer) = Derive(
            isClient,
            KeyDerivation.IvToServer,
            KeyDerivation.KeyToServer,
            KeyDerivation.MacKeyToServer,
            _algorithms!.CipherToServer,
            _algorithms.MacToServer);
        (PacketSealer? sealerToClient, PacketOpener? toClient) = Derive(
            !isClient,
            KeyDerivation.IvToClient,
            KeyDerivation.KeyToClient,
            KeyDerivation.MacKeyToClient,
            _algorithms.CipherToClient,
            _algorithms.MacToClient);
        CryptographicOperations.ZeroMemory(secret);
        _nextOpener = toServer ?? toClient;
        _method.Dispose();
        _method = null;
        _exchangeStep = ExchangeStep.NewKeys;
        Send(new OutgoingMessage([MessageNumber.NewKeys]) { NewSealer = sealer ?? sealerToClient });
        if (isFirst && !isClient && _peerTakesExtInfo)
        {
            Send(new OutgoingMessage(TransportMessages.ServerSignatureAlgorithms(
                (_settings as SshServerSettings)?.UserKeyAlgorithms ?? _settings.Algorithms.HostKeys)));
        }

        (PacketSealer?, PacketOpener?) Derive(bool isOwn, char iv, char key, char macKey, string cipherName, string? macName)
        {
            CipherAlgorithm cipher = CipherSuites.Ciphers[cipherName];
            MacAlgorithm? mac = macName is null ? null : CipherSuites.Macs[macName];
            byte[] ivBytes = DeriveKey(iv, cipher.IvSize);
            byte[] keyBytes = DeriveKey(key, cipher.KeySize);
            byte[] macBytes = DeriveKey(macKey, mac?.KeySize ?? 0);
            try
            {
                return isOwn
                    ? (CipherSuites.CreateSealer(cipher, mac, ivBytes, keyBytes, macBytes), null)
                    : (null, CipherSuites.CreateOpener(cipher, mac, ivBytes, keyBytes, macBytes));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(ivBytes);
                CryptographicOperations.ZeroMemory(keyBytes);
                CryptographicOperations.ZeroMemory(macBytes);
            }
        }

        byte[] DeriveKey(char letter, int size)
        {
            byte[] derived = new byte[size];
            KeyDerivation.Derive(name, secret, hash, letter, _sessionId.Span, derived);
            return derived;
        }
    }

    private void TakeNewKeys()
    {
        Expect(ExchangeStep.NewKeys, MessageNumber.NewKeys);
        _opener.Dispose();
        _opener = _nextOpener!;
        _nextOpener = null;
        _receiveSequence = _isStrict ? 0 : _receiveSequence;
        _receivedPackets = _receivedBytes = 0;
        _exchangeStep = ExchangeStep.None;
        Exchanges++;
        lock (Gate)
        {
            _ownOffer = null;
            _exchangeStarted = 0;
            RestartRekeyTimer();
        }

        _keysReady.TrySetResult();
    }

    /// <summary>Counts an exchange that the peer has begun: the costliest thing that it can ask for (ssh, section 5).</summary>
    private void CountExchange()
    {
        bool isIdle = _receivedBytes + Volatile.Read(ref _sentBytes) < _settings.IdleExchangeBytes;
        _idleExchanges = isIdle ? _idleExchanges + 1 : 0;
        if (_idleExchanges > _settings.MaxIdleExchanges)
        {
            throw SshException.Protocol($"The peer has begun {_idleExchanges} key exchanges in a row for hardly any traffic.");
        }
    }

    private void Expect(ExchangeStep step, byte number)
    {
        if (_exchangeStep != step)
        {
            throw SshException.Protocol($"The peer has sent message {number} where a key exchange has no place for it.");
        }
    }

    private static byte[] ReadValue(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload[1..]);
        return reader.TryReadString(out ReadOnlySpan<byte> value)
            ? value.ToArray()
            : throw SshException.KeyExchange("The client's half of the key exchange is cut short.");
    }

    private static SshException NotVerifiable(string message) =>
        new(DisconnectReason.HostKeyNotVerifiable, ForwardError.ProtocolError, message);

    private void Send(OutgoingMessage message)
    {
        lock (Gate)
        {
            if (_isEnded)
            {
                message.NewSealer?.Dispose();
                return;
            }

            _transport.Enqueue(message);
        }

        Flush();
    }
}

using System.Collections.Immutable;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Trust;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Building;

/// <summary>Makes the layers of SSH out of options: reads the files that they name, and refuses what cannot be.</summary>
internal static class SshLayers
{
    private const string AgentVariable = "SSH_AUTH_SOCK";

    /// <summary>The client's end, for one node.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static IMultiplexLayer CreateClient(SshClientOptions options, LayerContext context, bool forwards)
    {
        SshRules.ThrowIfAny(SshRules.Check(options, static option => option));
        ImmutableArray<ISshSigner> keys = [.. options.KeyFiles.Select(path => ReadUserKey(path, options.KeyPassphrase, context.Logger))];
        string? password = options.Credential is { Password.Length: > 0 } given ? given.Password : null;
        var authentication = new ClientAuthenticationSettings
        {
            UserName = options.Credential is { UserName.Length: > 0 } login ? login.UserName : Environment.UserName,
            Password = password,
            Signers = keys,
            ListAgentKeys = FindAgent(options, hasOwn: !keys.IsEmpty || password is not null),
            AllowLegacy = options.Algorithms.AllowLegacy,
            Server = context.Name,
            Logger = context.Logger,
        };
        SshClientSettings settings = Fill(
            new SshClientSettings { HostKeyPolicy = CreatePolicy(options, context) },
            options.Algorithms,
            options.KeepAliveInterval,
            options.KeepAliveMisses,
            options.MaxWindow,
            context);
        return new SshClientLayer(context.Name, settings, new ClientAuthentication(authentication), forwards);
    }

    /// <summary>The server's end, for one listener.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static IMultiplexLayer CreateServer(SshServerOptions options, LayerContext context, bool forwards)
    {
        SshRules.ThrowIfAny(SshRules.Check(options, forwards, static option => option));
        AuthorizedKeysFile? keys = options.AuthorizedKeysFile is { } path ? ReadAuthorizedKeys(path, context) : null;
        var authentication = new ServerAuthentication(new()
        {
            Authenticator = options.Authenticator,
            AuthorizedKeys = keys is null || forwards ? keys : new UnlimitedKeys(keys, context.Logger),
            AllowAnonymous = options.AllowAnonymous,
            Permissions = ForwardPermissions.All,
            MaxAttempts = options.MaxLoginAttempts,
            AllowLegacy = options.Algorithms.AllowLegacy,
            Time = context.Time,
            Logger = context.Logger,
        });
        var unfinished = new SshServerSettings
        {
            HostKeys = ReadHostKeys(options, context),
            UserKeyAlgorithms = authentication.SignatureAlgorithms,
            MaxChannels = options.MaxChannels,
            MaxPendingOpens = options.MaxChannels, // clients open hundreds at once, and each may be dialled for seconds
        };
        SshServerSettings settings = Fill(
            unfinished, options.Algorithms, options.KeepAliveInterval, options.KeepAliveMisses, options.MaxWindow, context);
        ForwardingServerSettings? forwarding = forwards
            ? new()
            {
                Permissions = ForwardPermissions.FromLists(options.PermitOpen, options.PermitListen),
                GatewayPorts = options.GatewayPorts,
                MaxPendingConnects = options.MaxChannels,
                Logger = context.Logger,
            }
            : null;
        var gate = new LoginGate(new() { Time = context.Time, Logger = context.Logger });
        return new SshServerLayer(settings, authentication, gate, options.MaxClients, forwarding);
    }

    /// <summary>The settings with what both ends have in common.</summary>
    private static T Fill<T>(
        T settings, SshAlgorithmOptions algorithms, TimeSpan keepAliveInterval, int keepAliveMisses, int maxWindow, LayerContext context)
        where T : SshSettings => (T)(settings with
        {
            Algorithms = ReadAlgorithms(algorithms),
            RekeyBytes = algorithms.RekeyBytes,
            RekeyInterval = algorithms.RekeyInterval,
            KeepAliveInterval = keepAliveInterval,
            KeepAliveMisses = keepAliveMisses,
            WindowSize = Math.Min(settings.WindowSize, maxWindow),
            SmallWindowSize = Math.Min(settings.SmallWindowSize, maxWindow),
            MaxWindowSize = maxWindow,
            WindowBudget = Math.Max(settings.WindowBudget, maxWindow),
            LoginTimeout = Timeout.InfiniteTimeSpan, // the chain or the listener limits it
            Time = context.Time,
            Logger = context.Logger,
        });

    private static IHostKeyPolicy CreatePolicy(SshClientOptions options, LayerContext context) => options switch
    {
        { HostKeyPins.IsEmpty: false } => new PinnedHostKeyPolicy(options.HostKeyPins),
        { KnownHostsFiles.IsEmpty: true } => new AcceptAnyHostKeyPolicy(context.Name, context.Logger),
        _ => new KnownHostsPolicy(
            options.KnownHostsFiles,
            context.Address.Host.Length == 0 ? "localhost" : context.Address.Host,
            context.Address.Port,
            options.HostKeyCheck,
            context.Logger),
    };

    private static Func<CancellationToken, ValueTask<IReadOnlyList<ISshSigner>>>? FindAgent(SshClientOptions options, bool hasOwn)
    {
        string? path = options.AgentSocket ?? (hasOwn ? null : Environment.GetEnvironmentVariable(AgentVariable));
        return string.IsNullOrEmpty(path) ? null : new SshAgent(path).GetKeysAsync;
    }

    private static SshPrivateKey ReadUserKey(string path, string? passphrase, ILogger logger) => ReadKey(
        (out string? warning) => SshPrivateKeyFile.Load(path, passphrase, out warning),
        "write KeyPassphrase, or ssh_passphrase in a node URL",
        logger);

    private static SshPrivateKey ReadHostKey(string path, ILogger logger) => ReadKey(
        (out string? warning) => SshPrivateKeyFile.Load(path, passphrase: null, out warning),
        "the key of a server must not be; ssh-keygen -p -N '' -f FILE opens it",
        logger);

    private static SshPrivateKey ReadKey(KeyReader read, string ifEncrypted, ILogger logger)
    {
        try
        {
            SshPrivateKey key = read(out string? warning);
            if (warning is not null)
            {
                logger.KeyFileWarning(warning);
            }

            return key;
        }
        catch (SshKeyException e)
        {
            string message = e.Error == SshKeyError.PassphraseNeeded ? $"{e.Message.TrimEnd('.')}: {ifEncrypted}" : e.Message;
            throw new ArgumentException(message, e);
        }
    }

    private static ImmutableArray<SshPrivateKey> ReadHostKeys(SshServerOptions options, LayerContext context)
    {
        ImmutableArray<SshPrivateKey> keys = options.HostKeyFiles.IsEmpty
            ? [ReadKey((out string? warning) => HostKeyStore.LoadOrCreate(options.GeneratedHostKeyFile, out warning), "", context.Logger)]
            : [.. options.HostKeyFiles.Select(path => ReadHostKey(path, context.Logger))];
        if (keys.GroupBy(k => k.PublicKey.Type).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"{string.Join(" and ", twice.Select(k => k.Name))} are two host keys of the kind {twice.Key}; leave out one of them");
        }

        ImmutableArray<string> signatures = ReadAlgorithms(options.Algorithms).HostKeys;
        if (!keys.Any(key => key.PublicKey.Algorithms.Any(signatures.Contains)))
        {
            throw new ArgumentException(
                $"no host key can sign by {string.Join(", ", signatures)}; there is {string.Join(", ", keys.Select(k => k.PublicKey.Type))}");
        }

        foreach (SshPrivateKey key in keys)
        {
            context.Logger.HostKeyUsed(context.Name, key.PublicKey.Type, KeyFingerprint.Sha256(key.PublicKey.Blob.Span));
        }

        return keys;
    }

    private static AuthorizedKeysFile ReadAuthorizedKeys(string path, LayerContext context) =>
        AuthorizedKeysFile.TryOpen(path, context.Time, context.Logger, out AuthorizedKeysFile? file, out string? problem)
            ? file
            : throw new ArgumentException($"the authorized keys of {path} cannot be read: {problem}");

    private static AlgorithmPreferences ReadAlgorithms(SshAlgorithmOptions options)
    {
        AlgorithmPreferences usual = options.AllowLegacy ? AlgorithmPreferences.Default.WithLegacy() : AlgorithmPreferences.Default;
        return new()
        {
            Kex = Choose(options.KeyExchanges, usual.Kex),
            HostKeys = Choose(options.HostKeys, usual.HostKeys),
            Ciphers = Choose(options.Ciphers, usual.Ciphers),
            Macs = Choose(options.Macs, usual.Macs),
        };
    }

    private static ImmutableArray<string> Choose(ImmutableArray<string> asked, ImmutableArray<string> usual) =>
        asked.IsEmpty ? usual : [.. asked.Distinct()];

    private delegate SshPrivateKey KeyReader(out string? warning);
}

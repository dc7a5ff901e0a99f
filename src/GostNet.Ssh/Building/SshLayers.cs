using System.Collections.Immutable;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Ciphers;
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
    private const int MinWindow = 64 * 1024;
    private const int MaxWindow = 1 << 30;
    private const long MinRekeyBytes = 64 * 1024;
    private const string AgentVariable = "SSH_AUTH_SOCK";

    /// <summary>The client's end, for one node.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static IMultiplexLayer CreateClient(SshClientOptions options, LayerContext context, bool forwards)
    {
        CheckWindow(options.MaxWindow);
        CheckKeepAlive(options.KeepAliveInterval, options.KeepAliveMisses);
        ImmutableArray<ISshSigner> keys = [.. options.KeyFiles.Select(path => ReadKey(path, options.KeyPassphrase, context.Logger))];
        string userName = options.Credential is { UserName.Length: > 0 } login ? login.UserName : Environment.UserName;
        string? password = options.Credential is { Password.Length: > 0 } given ? given.Password : null;
        var authentication = new ClientAuthenticationSettings
        {
            UserName = userName,
            Password = password,
            Signers = keys,
            ListAgentKeys = FindAgent(options, hasOwn: !keys.IsEmpty || password is not null),
            AllowLegacy = options.Algorithms.AllowLegacy,
            Server = context.Name,
            Logger = context.Logger,
        };
        var settings = new SshClientSettings
        {
            HostKeyPolicy = CreatePolicy(options, context),
            Algorithms = ReadAlgorithms(options.Algorithms),
            RekeyBytes = options.Algorithms.RekeyBytes,
            RekeyInterval = options.Algorithms.RekeyInterval,
            KeepAliveInterval = options.KeepAliveInterval,
            KeepAliveMisses = options.KeepAliveMisses,
            MaxWindowSize = options.MaxWindow,
            LoginTimeout = Timeout.InfiniteTimeSpan, // the chain limits it
            Time = context.Time,
            Logger = context.Logger,
        };
        return new SshClientLayer(context.Name, settings, new ClientAuthentication(authentication), forwards);
    }

    /// <summary>The server's end, for one listener.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static IMultiplexLayer CreateServer(SshServerOptions options, LayerContext context, bool forwards)
    {
        CheckWindow(options.MaxWindow);
        CheckKeepAlive(options.KeepAliveInterval, options.KeepAliveMisses);
        CheckPositive(options.MaxLoginAttempts, nameof(options.MaxLoginAttempts));
        CheckPositive(options.MaxChannels, nameof(options.MaxChannels));
        if (options.AllowAnonymous && (options.Authenticator is not null || options.AuthorizedKeysFile is not null))
        {
            throw new ArgumentException(
                $"{nameof(options.AllowAnonymous)} is set beside {nameof(options.Authenticator)} or {nameof(options.AuthorizedKeysFile)}; "
                + "leave out one of them");
        }

        IForwardPermissions permissions = ReadPermissions(options);
        var authentication = new ServerAuthentication(new()
        {
            Authenticator = options.Authenticator,
            AuthorizedKeys = options.AuthorizedKeysFile is { } path ? ReadAuthorizedKeys(path, context) : null,
            AllowAnonymous = options.AllowAnonymous,
            Permissions = ForwardPermissions.All,
            MaxAttempts = options.MaxLoginAttempts,
            AllowLegacy = options.Algorithms.AllowLegacy,
            Time = context.Time,
            Logger = context.Logger,
        });
        ImmutableArray<SshPrivateKey> hostKeys = ReadHostKeys(options, context);
        var settings = new SshServerSettings
        {
            HostKeys = hostKeys,
            UserKeyAlgorithms = authentication.SignatureAlgorithms,
            Algorithms = ReadAlgorithms(options.Algorithms),
            RekeyBytes = options.Algorithms.RekeyBytes,
            RekeyInterval = options.Algorithms.RekeyInterval,
            KeepAliveInterval = options.KeepAliveInterval,
            KeepAliveMisses = options.KeepAliveMisses,
            MaxChannels = options.MaxChannels,
            MaxWindowSize = options.MaxWindow,
            LoginTimeout = Timeout.InfiniteTimeSpan, // the listener limits it
            Time = context.Time,
            Logger = context.Logger,
        };
        var gate = new LoginGate(new() { Time = context.Time, Logger = context.Logger });
        return new SshServerLayer(
            settings,
            authentication,
            gate,
            forwards ? new() { Permissions = permissions, GatewayPorts = options.GatewayPorts, Logger = context.Logger } : null);
    }

    private static IHostKeyPolicy CreatePolicy(SshClientOptions options, LayerContext context)
    {
        if (!options.HostKeyPins.IsEmpty)
        {
            try
            {
                return new PinnedHostKeyPolicy(options.HostKeyPins);
            }
            catch (FormatException e)
            {
                throw new ArgumentException(e.Message, e);
            }
        }

        if (options.HostKeyCheck == HostKeyCheck.None && options.KnownHostsFiles.IsEmpty)
        {
            return new AcceptAnyHostKeyPolicy(context.Name, context.Logger);
        }

        return options.KnownHostsFiles.IsEmpty
            ? throw new ArgumentException(
                $"{nameof(options.KnownHostsFiles)} has no file to check the host key by; name one, or set {nameof(options.HostKeyPins)}")
            : new KnownHostsPolicy(options.KnownHostsFiles, context.Address.Host, context.Address.Port, options.HostKeyCheck, context.Logger);
    }

    private static Func<CancellationToken, ValueTask<IReadOnlyList<ISshSigner>>>? FindAgent(SshClientOptions options, bool hasOwn)
    {
        string? path = options.AgentSocket ?? (hasOwn ? null : Environment.GetEnvironmentVariable(AgentVariable));
        return string.IsNullOrEmpty(path) ? null : new SshAgent(path).GetKeysAsync;
    }

    private static SshPrivateKey ReadKey(string path, string? passphrase, ILogger logger)
    {
        try
        {
            SshPrivateKey key = SshPrivateKeyFile.Load(path, passphrase, out string? warning);
            if (warning is not null)
            {
                logger.KeyFileWarning(warning);
            }

            return key;
        }
        catch (SshKeyException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private static ImmutableArray<SshPrivateKey> ReadHostKeys(SshServerOptions options, LayerContext context)
    {
        ImmutableArray<SshPrivateKey> keys = options.HostKeyFiles.IsEmpty
            ? [LoadOrCreate(options.GeneratedHostKeyFile, context.Logger)]
            : [.. options.HostKeyFiles.Select(path => ReadKey(path, passphrase: null, context.Logger))];
        if (keys.GroupBy(k => k.PublicKey.Type).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{nameof(options.HostKeyFiles)} has two keys of the kind {twice.Key}; leave out one of them");
        }

        foreach (SshPrivateKey key in keys)
        {
            context.Logger.HostKeyUsed(context.Name, key.PublicKey.Type, KeyFingerprint.Sha256(key.PublicKey.Blob.Span));
        }

        return keys;
    }

    private static SshPrivateKey LoadOrCreate(string path, ILogger logger)
    {
        try
        {
            SshPrivateKey key = HostKeyStore.LoadOrCreate(path, out string? warning);
            if (warning is not null)
            {
                logger.KeyFileWarning(warning);
            }

            return key;
        }
        catch (SshKeyException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private static AuthorizedKeysFile ReadAuthorizedKeys(string path, LayerContext context) =>
        AuthorizedKeysFile.TryOpen(path, context.Time, context.Logger, out AuthorizedKeysFile? file, out string? problem)
            ? file
            : throw new ArgumentException($"The authorized keys of {path} cannot be read: {problem}");

    private static ForwardPermissions ReadPermissions(SshServerOptions options)
    {
        try
        {
            return ForwardPermissions.FromLists(options.PermitOpen, options.PermitListen);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private static AlgorithmPreferences ReadAlgorithms(SshAlgorithmOptions options)
    {
        if (options.RekeyBytes < MinRekeyBytes)
        {
            throw new ArgumentException($"{nameof(options.RekeyBytes)} is {options.RekeyBytes}; write at least {MinRekeyBytes}");
        }

        if (options.RekeyInterval <= TimeSpan.Zero && options.RekeyInterval != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException($"{nameof(options.RekeyInterval)} is {options.RekeyInterval}; write a positive time");
        }

        AlgorithmPreferences all = AlgorithmPreferences.Default.WithLegacy();
        AlgorithmPreferences usual = options.AllowLegacy ? all : AlgorithmPreferences.Default;
        return new AlgorithmPreferences
        {
            Kex = Choose(options.KeyExchanges, usual.Kex, all.Kex, nameof(options.KeyExchanges)),
            HostKeys = Choose(options.HostKeys, usual.HostKeys, all.HostKeys, nameof(options.HostKeys)),
            Ciphers = Choose(options.Ciphers, usual.Ciphers, [.. CipherSuites.Ciphers.Keys], nameof(options.Ciphers)),
            Macs = Choose(options.Macs, usual.Macs, all.Macs, nameof(options.Macs)),
        };
    }

    private static ImmutableArray<string> Choose(
        ImmutableArray<string> asked, ImmutableArray<string> usual, ImmutableArray<string> known, string option)
    {
        if (asked.IsEmpty)
        {
            return usual;
        }

        string? unknown = asked.FirstOrDefault(name => !known.Contains(name));
        return unknown is null
            ? [.. asked.Distinct()]
            : throw new ArgumentException($"{option} has '{unknown}', which is not known; write some of {string.Join(", ", known)}");
    }

    private static void CheckWindow(int size)
    {
        if (size is < MinWindow or > MaxWindow)
        {
            throw new ArgumentException($"MaxWindow is {size}; write from {MinWindow} to {MaxWindow}");
        }
    }

    private static void CheckKeepAlive(TimeSpan interval, int misses)
    {
        if (interval <= TimeSpan.Zero && interval != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException($"KeepAliveInterval is {interval}; write a positive time, or Timeout.InfiniteTimeSpan");
        }

        CheckPositive(misses, "KeepAliveMisses");
    }

    private static void CheckPositive(int value, string option)
    {
        if (value < 1)
        {
            throw new ArgumentException($"{option} is {value}; write at least 1");
        }
    }
}

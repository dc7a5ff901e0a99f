using System.Collections.Immutable;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Building;

/// <summary>What the values of options must keep to. All that is wrong is told at once.</summary>
internal static class SshRules
{
    private const int MinWindow = 64 * 1024;
    private const int MaxWindow = 1 << 30;
    private const long MinRekeyBytes = 64 * 1024;
    private const int MaxMisses = 1000;

    // What timers take: 2^32 - 2 milliseconds.
    private static readonly TimeSpan MaxTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>All algorithms that can be asked for by name.</summary>
    public static AlgorithmPreferences KnownAlgorithms { get; } = AlgorithmPreferences.Default.WithLegacy() with
    {
        Ciphers = [.. AlgorithmPreferences.Default.Ciphers, .. CipherSuites.Ciphers.Keys.Except(AlgorithmPreferences.Default.Ciphers)],
        Macs = [.. AlgorithmPreferences.Default.Macs, .. CipherSuites.Macs.Keys.Except(AlgorithmPreferences.Default.Macs)],
    };

    /// <summary>What is wrong with a client's options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="call">What whoever wrote an option calls it.</param>
    public static IEnumerable<string> Check(SshClientOptions options, Func<string, string> call)
    {
        string keyFiles = call(nameof(options.KeyFiles));
        string knownHosts = call(nameof(options.KnownHostsFiles));
        List<string> problems = [];
        if (options.KeyPassphrase is not null && options.KeyFiles.IsEmpty)
        {
            problems.Add($"{call(nameof(options.KeyPassphrase))} is for a key file, and there is none; write {keyFiles}, or leave it out");
        }

        if (!Enum.IsDefined(options.HostKeyCheck))
        {
            problems.Add(NotOne(call(nameof(options.HostKeyCheck)), options.HostKeyCheck));
        }

        if (options.HostKeyPins.IsEmpty)
        {
            if (options.KnownHostsFiles.IsEmpty && options.HostKeyCheck != HostKeyCheck.None)
            {
                problems.Add($"{knownHosts} has no file to check the host key by; name one, or write {call(nameof(options.HostKeyPins))}");
            }
        }
        else if (Complaint(() => new PinnedHostKeyPolicy(options.HostKeyPins)) is { } problem)
        {
            problems.Add($"{call(nameof(options.HostKeyPins))}: {problem}");
        }

        if (options.Sessions < 1)
        {
            problems.Add($"{call(nameof(options.Sessions))} is {options.Sessions}; write 1 or more");
        }

        Check(options.KeepAliveInterval, options.KeepAliveMisses, options.MaxWindow, options.Algorithms, call, problems);
        return problems;
    }

    /// <summary>What is wrong with a server's options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="forwards">Whether it forwards ports.</param>
    /// <param name="call">What whoever wrote an option calls it.</param>
    public static IEnumerable<string> Check(SshServerOptions options, bool forwards, Func<string, string> call)
    {
        string keys = call(nameof(options.AuthorizedKeysFile));
        string users = call(nameof(options.Authenticator));
        string anonymous = call(nameof(options.AllowAnonymous));
        List<string> problems = [];
        switch (options)
        {
            case { Authenticator: null, AuthorizedKeysFile: null, AllowAnonymous: false }:
                problems.Add($"there is nobody who may log in; write {users} or {keys}, or {anonymous} to let everybody in");
                break;
            case { AllowAnonymous: true } and ({ Authenticator: not null } or { AuthorizedKeysFile: not null }):
                problems.Add($"{anonymous} lets everybody in, and {users} or {keys} does not; leave out one of them");
                break;
        }

        if (!Enum.IsDefined(options.GatewayPorts))
        {
            problems.Add(NotOne(call(nameof(options.GatewayPorts)), options.GatewayPorts));
        }

        (string Option, bool IsSet, Func<object> Read)[] lists =
        [
            (nameof(options.PermitOpen), options.PermitOpen is not null, () => ForwardPermissions.FromLists(options.PermitOpen, null)),
            (nameof(options.PermitListen), options.PermitListen is not null, () => ForwardPermissions.FromLists(null, options.PermitListen)),
            (nameof(options.GatewayPorts), options.GatewayPorts != GatewayPorts.No, () => options.GatewayPorts),
        ];
        foreach ((string option, _, Func<object> read) in lists.Where(list => list.IsSet))
        {
            string? problem = forwards ? Complaint(read) : "it is for port forwarding, and this server only carries tunnels; leave it out";
            if (problem is not null)
            {
                problems.Add($"{call(option)}: {problem}");
            }
        }

        if (!IsTimer(options.LoginTimeout))
        {
            problems.Add($"{call(nameof(options.LoginTimeout))} is {options.LoginTimeout}; write more than zero, up to {MaxTimer.Days} days");
        }

        foreach ((string option, int value) in new[]
        {
            (nameof(options.MaxLoginAttempts), options.MaxLoginAttempts),
            (nameof(options.MaxClients), options.MaxClients),
            (nameof(options.MaxChannels), options.MaxChannels),
        })
        {
            if (value < 1)
            {
                problems.Add($"{call(option)} is {value}; write 1 or more");
            }
        }

        Check(options.KeepAliveInterval, options.KeepAliveMisses, options.MaxWindow, options.Algorithms, call, problems);
        return problems;
    }

    /// <summary>Whether a time can be waited for.</summary>
    public static bool IsTimer(TimeSpan time) => time > TimeSpan.Zero && time <= MaxTimer;

    /// <summary>Refuses options.</summary>
    /// <param name="problems">What is wrong with them.</param>
    /// <exception cref="ArgumentException">There is something.</exception>
    public static void ThrowIfAny(IEnumerable<string> problems)
    {
        string[] all = [.. problems];
        if (all.Length > 0)
        {
            throw new ArgumentException(string.Join(". ", all));
        }
    }

    private static void Check(
        TimeSpan interval, int misses, int window, SshAlgorithmOptions algorithms, Func<string, string> call, List<string> problems)
    {
        CheckTimer(interval, nameof(SshClientOptions.KeepAliveInterval), call, problems);
        if (misses is < 1 or > MaxMisses)
        {
            problems.Add($"{call(nameof(SshClientOptions.KeepAliveMisses))} is {misses}; write from 1 to {MaxMisses}");
        }

        if (window is < MinWindow or > MaxWindow)
        {
            problems.Add($"{call(nameof(SshClientOptions.MaxWindow))} is {window}; write from {MinWindow} to {MaxWindow}");
        }

        if (algorithms.RekeyBytes < MinRekeyBytes)
        {
            problems.Add($"{call(nameof(algorithms.RekeyBytes))} is {algorithms.RekeyBytes}; write {MinRekeyBytes} or more");
        }

        CheckTimer(algorithms.RekeyInterval, nameof(algorithms.RekeyInterval), call, problems);
        CheckNames(algorithms.KeyExchanges, KnownAlgorithms.Kex, nameof(algorithms.KeyExchanges), call, problems);
        CheckNames(algorithms.HostKeys, KnownAlgorithms.HostKeys, nameof(algorithms.HostKeys), call, problems);
        CheckNames(algorithms.Ciphers, KnownAlgorithms.Ciphers, nameof(algorithms.Ciphers), call, problems);
        CheckNames(algorithms.Macs, KnownAlgorithms.Macs, nameof(algorithms.Macs), call, problems);
    }

    private static void CheckTimer(TimeSpan time, string option, Func<string, string> call, List<string> problems)
    {
        if (time != Timeout.InfiniteTimeSpan && !IsTimer(time))
        {
            problems.Add($"{call(option)} is {time}; write more than zero, up to {MaxTimer.Days} days");
        }
    }

    private static void CheckNames(
        ImmutableArray<string> asked, ImmutableArray<string> known, string option, Func<string, string> call, List<string> problems)
    {
        if (!asked.IsEmpty && asked.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            problems.Add($"{call(option)} has '{unknown}', which is not known; write some of {string.Join(", ", known)}");
        }
    }

    private static string NotOne<T>(string option, T value)
        where T : struct, Enum => $"{option} is {value}, which is none of {string.Join(", ", Enum.GetNames<T>())}";

    private static string? Complaint(Func<object> read)
    {
        try
        {
            _ = read();
            return null;
        }
        catch (FormatException e)
        {
            return e.Message.TrimEnd('.');
        }
    }
}

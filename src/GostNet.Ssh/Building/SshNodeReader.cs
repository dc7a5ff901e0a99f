using System.Collections.Immutable;
using System.Globalization;

namespace GostNet.Ssh.Building;

/// <summary>Reads the options of SSH out of a node URL (ssh, section 1.1). All mistakes are told at once, by the names of
/// parameters.</summary>
/// <param name="node">The URL.</param>
internal sealed class SshNodeReader(TransportNode node)
{
    private const int MaxRetries = 999;

    private static readonly string[] BesidePins = ["strict", "known_hosts"];

    // What the URL calls what an option is called in code.
    private static readonly Dictionary<string, string> Parameters = new()
    {
        [nameof(SshClientOptions.KeyFiles)] = "ssh_key",
        [nameof(SshClientOptions.KeyPassphrase)] = "ssh_passphrase",
        [nameof(SshClientOptions.HostKeyPins)] = "host_key",
        [nameof(SshClientOptions.KnownHostsFiles)] = "known_hosts",
        [nameof(SshClientOptions.KeepAliveInterval)] = "ping",
        [nameof(SshClientOptions.MaxWindow)] = "window",
        [nameof(SshServerOptions.GatewayPorts)] = "gateway_ports",
        [nameof(SshServerOptions.PermitOpen)] = "permitopen",
        [nameof(SshServerOptions.PermitListen)] = "permitlisten",
        [nameof(SshAlgorithmOptions.KeyExchanges)] = "kex",
        [nameof(SshAlgorithmOptions.HostKeys)] = "host_key_algs",
        [nameof(SshAlgorithmOptions.Ciphers)] = "ciphers",
        [nameof(SshAlgorithmOptions.Macs)] = "macs",
        [nameof(SshAlgorithmOptions.RekeyBytes)] = "rekey",
        [nameof(SshAlgorithmOptions.RekeyInterval)] = "rekey",
    };

    private readonly List<string> _problems = [];

    /// <summary>Reads a node of a chain.</summary>
    /// <exception cref="ArgumentException">A parameter cannot be used.</exception>
    public SshClientOptions ReadClient()
    {
        var options = new SshClientOptions
        {
            Credential = node.Credential,
            KeyFiles = node.File("ssh_key") is { } key ? [key] : [],
            KeyPassphrase = node.Text("ssh_passphrase"),
            AgentSocket = node.Text("ssh_agent") is "0" or "" ? "" : node.File("ssh_agent"),
            HostKeyPins = ReadPins(),
            HostKeyCheck = ReadHostKeyCheck(),
            Algorithms = ReadAlgorithms(),
        };
        if (node.File("known_hosts") is { } known)
        {
            options.KnownHostsFiles = [known];
            if (options.HostKeyCheck != HostKeyCheck.AcceptNew && !File.Exists(known))
            {
                _problems.Add(
                    $"{Call("known_hosts")} is '{node.Text("known_hosts")}': there is no such file; write the path of one that is there, or "
                    + "strict=accept-new to have it made");
            }
        }

        if (node.Count("retry") is { } retries)
        {
            options.KeepAliveMisses = Math.Min(retries, MaxRetries) + 1; // GOST counts those that are forgiven
            if (retries > MaxRetries)
            {
                _problems.Add($"{Call("retry")} is {retries}; write {MaxRetries} or less");
            }
        }

        options.KeepAliveInterval = node.Duration("ping") ?? options.KeepAliveInterval;
        options.MaxWindow = node.Count("window") ?? options.MaxWindow;
        options.Sessions = node.Count("sessions") ?? options.Sessions;
        SshRules.ThrowIfAny([.. _problems, .. SshRules.Check(options, CallOption)]);
        return options;
    }

    /// <summary>Reads a node to serve.</summary>
    /// <exception cref="ArgumentException">A parameter cannot be used.</exception>
    public SshServerOptions ReadServer()
    {
        if (node.Has("ssh_key") && node.Has("key"))
        {
            _problems.Add("parameters 'ssh_key' and 'key' are both for the host key; leave out 'cert' and 'key'");
        }

        var options = new SshServerOptions
        {
            HostKeyFiles = (node.File("ssh_key") ?? node.File("key")) is { } key ? [key] : [],
            Authenticator = node.Authenticator,
            AuthorizedKeysFile = node.File("ssh_authorized_keys"),
            AllowAnonymous = node.IsAnonymous,
            PermitOpen = node.Text("permitopen"),
            PermitListen = node.Text("permitlisten"),
            GatewayPorts = ReadWord(
                "gateway_ports",
                GatewayPorts.No,
                ("no", GatewayPorts.No),
                ("clientspecified", GatewayPorts.ClientSpecified),
                ("yes", GatewayPorts.Yes)),
            Algorithms = ReadAlgorithms(),
        };
        options.MaxWindow = node.Count("window") ?? options.MaxWindow;
        SshRules.ThrowIfAny([.. _problems, .. SshRules.Check(options, node.Forwards, CallOption)]);
        return options;
    }

    private static string Call(string parameter) => $"parameter '{parameter}'";

    private static string CallOption(string option) => Parameters.TryGetValue(option, out string? parameter) ? Call(parameter) : option;

    // A '+' that was not written as %2B is a blank here, and half of all fingerprints have one.
    private ImmutableArray<string> ReadPins() => node.Text("host_key") is { } pins ? [.. pins.Replace(' ', '+').Split(',')] : [];

    private HostKeyCheck ReadHostKeyCheck()
    {
        bool? secure = node.Boolean("secure");
        HostKeyCheck fallback = secure is true || (secure is null && node.Has("known_hosts"))
            ? HostKeyCheck.Strict
            : HostKeyCheck.None; // as in GOST, and taken only if secure=false says so, or UnverifiedPeers.Warn
        HostKeyCheck check = ReadWord(
            "strict", fallback, ("yes", HostKeyCheck.Strict), ("accept-new", HostKeyCheck.AcceptNew), ("no", HostKeyCheck.None));
        if (node.Has("host_key"))
        {
            foreach (string parameter in BesidePins.Where(node.Has))
            {
                _problems.Add($"{Call(parameter)} means nothing beside 'host_key', by which alone the server is verified; leave out one of them");
            }

            if (secure is false)
            {
                _problems.Add("parameter 'secure' is false, and 'host_key' verifies the server; leave out one of them");
            }
        }
        else if (node.Has("strict") && secure is { } isSecure && isSecure == (check == HostKeyCheck.None))
        {
            _problems.Add("parameters 'secure' and 'strict' contradict each other; leave out one of them");
        }

        return check;
    }

    private SshAlgorithmOptions ReadAlgorithms()
    {
        var options = new SshAlgorithmOptions
        {
            KeyExchanges = ReadList("kex"),
            HostKeys = ReadList("host_key_algs"),
            Ciphers = ReadList("ciphers"),
            Macs = ReadList("macs"),
            AllowLegacy = node.Boolean("legacy") ?? false,
        };
        if (node.Text("rekey") is { } rekey)
        {
            string[] parts = rekey.Split(',');
            uint seconds = 0;
            if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                || (parts.Length == 2 && !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out seconds)))
            {
                _problems.Add($"{Call("rekey")} is '{rekey}'; write bytes, or bytes,seconds");
                return options;
            }

            options.RekeyBytes = bytes == 0 ? options.RekeyBytes : bytes;
            options.RekeyInterval = seconds == 0 ? options.RekeyInterval : TimeSpan.FromSeconds(seconds);
        }

        return options;
    }

    private ImmutableArray<string> ReadList(string parameter)
    {
        if (node.Text(parameter) is not { } text)
        {
            return [];
        }

        ImmutableArray<string> names = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (names.IsEmpty)
        {
            _problems.Add($"{Call(parameter)} has no name in it; write some with commas, or leave it out");
        }

        return names;
    }

    private T ReadWord<T>(string parameter, T fallback, params (string Word, T Value)[] words)
    {
        if (node.Text(parameter) is not { } text)
        {
            return fallback;
        }

        foreach ((string word, T value) in words)
        {
            if (word == text)
            {
                return value;
            }
        }

        _problems.Add($"{Call(parameter)} is '{text}'; write {string.Join(", ", words[..^1].Select(w => w.Word))} or {words[^1].Word}");
        return fallback;
    }
}

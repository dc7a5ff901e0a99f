using System.Globalization;
using GostNet.Forwarding;
using GostNet.Internal;

namespace GostNet.Building.Nodes;

/// <summary>The parameters of a node URL, each value checked and of the type its kind says.</summary>
internal sealed class NodeParameters
{
    private static readonly string[] True = ["1", "t", "T", "TRUE", "true", "True"];
    private static readonly string[] False = ["0", "f", "F", "FALSE", "false", "False"];

    private static readonly Dictionary<string, SelectionStrategy> Strategies = new()
    {
        ["round"] = SelectionStrategy.RoundRobin,
        ["random"] = SelectionStrategy.Random,
        ["fifo"] = SelectionStrategy.Fifo,
    };

    private readonly Dictionary<string, object> _values = [];

    private NodeParameters()
    {
    }

    /// <summary>The values by key: text, <see cref="int"/>, <see cref="bool"/> or <see cref="TimeSpan"/>.</summary>
    public IReadOnlyDictionary<string, object> Values => _values;

    /// <summary>Whether one of them says how the peer is verified, or that it is not to be.</summary>
    public bool VerifiesPeer { get; private set; }

    /// <summary>Whether one of them says who may use a server.</summary>
    public bool LogsIn { get; private set; }

    public bool Has(string key) => _values.ContainsKey(key);

    public string? Text(string key) => _values.GetValueOrDefault(key) as string;

    public bool? Boolean(string key) => _values.GetValueOrDefault(key) as bool?;

    /// <summary>A number, or <see langword="null"/> if it is not given or 0, which stands for the default.</summary>
    public int? Count(string key) => _values.GetValueOrDefault(key) is int number and not 0 ? number : null;

    /// <summary>A duration, or <see langword="null"/> if it is not given or 0, which stands for the default.</summary>
    public TimeSpan? Duration(string key) =>
        _values.GetValueOrDefault(key) is TimeSpan duration && duration > TimeSpan.Zero ? duration : null;

    /// <summary>The options of the group, on top of others.</summary>
    public SelectionOptions Selection(SelectionOptions defaults) => defaults with
    {
        Strategy = Text("strategy") is { } strategy ? Strategies[strategy] : defaults.Strategy,
        MaxFails = Count("max_fails") ?? defaults.MaxFails,
        FailTimeout = Duration("fail_timeout") ?? defaults.FailTimeout,
    };

    /// <summary>Checks pairs of keys and values.</summary>
    public static NodeParameters Read(
        IEnumerable<(string Key, string Value)> pairs,
        NodeRole role,
        NodeMode mode,
        NodeScheme scheme,
        NodeFiles files,
        NodeTransports transports,
        NodeUrlFindings findings)
    {
        var result = new NodeParameters();
        foreach ((string key, string value) in pairs)
        {
            if (transports.FindParameter(key) is not { } row)
            {
                findings.Warn(NodeUrlWarning.UnknownParameter, $"parameter '{key}' is not known and has no effect");
            }
            else if (result.Has(key))
            {
                findings.Warn(NodeUrlWarning.RepeatedParameter, $"parameter '{key}' stands there more than once; the first value counts");
            }
            else if (ReadValue(row, value, findings) is { } parsed)
            {
                result._values.Add(key, parsed);
                result.VerifiesPeer |= row.VerifiesPeer;
                result.LogsIn |= row.LogsIn;
                CheckUse(row, role, mode, scheme, findings);
            }
        }

        if (result.Has("cert") != result.Has("key"))
        {
            findings.Add(NodeUrlError.BadCombination, "parameters 'cert' and 'key' go together; write both or neither");
        }

        foreach ((string key, object value) in result._values)
        {
            // A pair of which one is missing has been reported already.
            bool isHalfAPair = key is "cert" or "key" && result.Has("cert") != result.Has("key");
            if (transports.FindParameter(key)!.Kind == NodeParameterKind.File && !isHalfAPair && !files.Exists((string)value))
            {
                findings.Add(
                    NodeUrlError.File, $"parameter '{key}' is '{value}': there is no such file; write the path of one that is there");
            }
        }

        return result;
    }

    /// <summary>Reads a strategy's name in one of the files that can have one.</summary>
    public static bool TryReadStrategy(string text, out SelectionStrategy strategy) => Strategies.TryGetValue(text, out strategy);

    private static object? ReadValue(NodeParameterRow row, string value, NodeUrlFindings findings)
    {
        switch (row.Kind)
        {
            case NodeParameterKind.Integer or NodeParameterKind.Count:
                NumberStyles style = row.Kind == NodeParameterKind.Integer ? NumberStyles.AllowLeadingSign : NumberStyles.None;
                if (int.TryParse(value, style, CultureInfo.InvariantCulture, out int number))
                {
                    return number;
                }

                findings.Add(NodeUrlError.BadInteger, $"parameter '{row.Key}' is '{value}'; write a whole number such as 3");
                return null;
            case NodeParameterKind.Boolean:
                if (True.Contains(value) || False.Contains(value))
                {
                    return True.Contains(value);
                }

                findings.Add(NodeUrlError.BadBoolean, $"parameter '{row.Key}' is '{value}'; write true or false");
                return null;
            case NodeParameterKind.Duration:
                if (GoDuration.TryParse(value, out TimeSpan duration))
                {
                    return duration;
                }

                findings.Add(
                    NodeUrlError.BadDuration,
                    $"parameter '{row.Key}' is '{value}'; write a duration such as 30s, 1m30s or 500ms, or whole seconds"
                        + (value.Contains('/') ? ", and targets in front of the '?'" : ""));
                return null;
            case NodeParameterKind.Strategy when !Strategies.ContainsKey(value):
                findings.Add(
                    NodeUrlError.BadValue, $"parameter '{row.Key}' is '{value}'; write one of {string.Join(", ", Strategies.Keys)}");
                return null;
            case NodeParameterKind.Permissions when !PermissionList.TryParse(value, out _):
                findings.Add(
                    NodeUrlError.BadValue,
                    $"parameter '{row.Key}' is '{value}'; write actions:hosts:ports, such as tcp:*.example.com:80,443");
                return null;
            default:
                return value;
        }
    }

    private static void CheckUse(NodeParameterRow row, NodeRole role, NodeMode mode, NodeScheme scheme, NodeUrlFindings findings)
    {
        if (row.AppliesTo(role, mode, scheme))
        {
            return;
        }

        if (row.Guards)
        {
            // GOST would ignore it, and leave open what it was to guard (gost-nodes, section 6, F4).
            findings.Add(
                row.Key is "auth" or "secrets" ? NodeUrlError.CredentialsUnused : NodeUrlError.BadCombination,
                $"parameter '{row.Key}' cannot be honoured by {scheme}, and would be ignored; leave it out");
        }
        else
        {
            findings.Warn(NodeUrlWarning.UnknownParameter, $"parameter '{row.Key}' has no effect on {scheme}");
        }
    }
}

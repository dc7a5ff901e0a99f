namespace GostNet.Examples.Gost;

/// <summary>The arguments, read by the rules of Go's flag package, which GOST's users know.</summary>
/// <remarks>One dash or two; a value follows after <c>=</c> or as the next argument; a switch takes a value only after <c>=</c>;
/// flags end at the first argument that is none, or at <c>--</c>. All mistakes are collected. What Go passes over in silence,
/// arguments left over and a second -C, is a mistake here.</remarks>
internal sealed class CommandLine
{
    private readonly List<string> _serveNodes = [];
    private readonly List<string> _chainNodes = [];
    private readonly List<string> _errors = [];

    private CommandLine()
    {
    }

    /// <summary>The nodes of -L, in order.</summary>
    public IReadOnlyList<string> ServeNodes => _serveNodes;

    /// <summary>The nodes of -F, in the order of the hops.</summary>
    public IReadOnlyList<string> ChainNodes => _chainNodes;

    /// <summary>The file of -C.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary>What -D says, or <see langword="null"/> without it.</summary>
    public bool? Debug { get; private set; }

    public bool Version { get; private set; }

    public bool Help { get; private set; }

    public IReadOnlyList<string> Errors => _errors;

    public static CommandLine Read(IEnumerable<string> args)
    {
        var result = new CommandLine();
        var rest = new Queue<string>(args);
        while (rest.TryPeek(out string? arg) && TrySplit(arg, out string name, out string? value))
        {
            rest.Dequeue();
            if (name.Length == 0)
            {
                break; // "--"
            }

            result.ReadFlag(name, value, rest);
        }

        if (rest.TryPeek(out string? leftOver))
        {
            result._errors.Add($"'{Shown(leftOver)}' and what follows it belongs to no option; write -L or -F before each node");
        }

        return result;
    }

    private void ReadFlag(string name, string? value, Queue<string> rest)
    {
        switch (name)
        {
            case "L":
                AddIfPresent(_serveNodes, TakeValue(name, "a node, for instance -L tcp://:2222/192.168.1.1:22", value, rest));
                break;
            case "F":
                AddIfPresent(_chainNodes, TakeValue(name, "a node, for instance -F socks5://10.0.0.1:1080", value, rest));
                break;
            case "C":
                string? file = TakeValue(name, "the name of a file", value, rest);
                if (ConfigFile is not null && file is not null)
                {
                    _errors.Add("-C is written twice, and one file can be read; put the routes of both into one");
                }

                ConfigFile = file ?? ConfigFile;
                break;
            case "D":
                Debug = ReadSwitch(name, value);
                break;
            case "V":
                Version = ReadSwitch(name, value);
                break;
            case "h" or "help":
                Help = ReadSwitch(name, value);
                break;
            case "M" or "I":
                Refuse($"-{name} (socket mark and interface) is GOST's and not supported here; leave it out", value, rest);
                break;
            case "P":
                Refuse("-P (profiling) is GOST's and not supported here; leave it out, and use dotnet-trace or dotnet-counters", value, rest);
                break;
            default:
                string hint = name.ToUpperInvariant() is "L" or "F" or "C" or "D" or "V" ? $"; write -{name.ToUpperInvariant()}" : "";
                Refuse($"-{Shown(name)} is no option{hint}", value, rest);
                break;
        }
    }

    /// <summary>Reports a flag, and passes over what looks like its value, so that it is not reported as well.</summary>
    private void Refuse(string error, string? value, Queue<string> rest)
    {
        _errors.Add(error);
        if (value is null && rest.TryPeek(out string? next) && !TrySplit(next, out _, out _))
        {
            rest.Dequeue();
        }
    }

    private string? TakeValue(string name, string what, string? value, Queue<string> rest)
    {
        // Go would take a flag for the value.
        if (value is null && (!rest.TryPeek(out string? next) || !IsKnownFlag(next)))
        {
            rest.TryDequeue(out value);
        }

        if (string.IsNullOrWhiteSpace(value))
        {
            _errors.Add($"-{name} needs {what}");
            return null;
        }

        return value;
    }

    private bool ReadSwitch(string name, string? value)
    {
        switch (value)
        {
            case null or "1" or "t" or "T" or "true" or "TRUE" or "True":
                return true;
            case "0" or "f" or "F" or "false" or "FALSE" or "False":
                return false;
            default:
                _errors.Add($"-{name}={Shown(value)} is neither -{name}=true nor -{name}=false");
                return false;
        }
    }

    private static void AddIfPresent(List<string> nodes, string? node)
    {
        if (node is not null)
        {
            nodes.Add(node);
        }
    }

    private static bool IsKnownFlag(string arg) =>
        TrySplit(arg, out string name, out _) && name is "L" or "F" or "C" or "D" or "V" or "h" or "help";

    /// <summary>Splits <c>-name</c> or <c>--name=value</c>. "--" is a flag without a name, "-" is none.</summary>
    private static bool TrySplit(string arg, out string name, out string? value)
    {
        name = "";
        value = null;
        if (arg.Length < 2 || arg[0] != '-')
        {
            return false;
        }

        name = arg[(arg[1] == '-' ? 2 : 1)..];
        int equals = name.IndexOf('=');
        if (equals > 0)
        {
            value = name[(equals + 1)..];
            name = name[..equals];
        }

        return true;
    }

    /// <summary>A part of the command line, as it may be shown: it may be a node without its flag, with a password in it.</summary>
    private static string Shown(string text)
    {
        int at = text.LastIndexOf('@');
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? text : $"{(scheme >= 0 && scheme < at ? text[..(scheme + 3)] : "")}***{text[at..]}";
    }
}

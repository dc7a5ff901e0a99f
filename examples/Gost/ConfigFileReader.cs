using System.Text;
using System.Text.Json;

namespace GostNet.Examples.Gost;

/// <summary>Reads GOST's JSON (gost-nodes, section 5.2), and says of every mistake where it is: file, line, column and key.</summary>
/// <remarks>Keys match without regard to case, and <c>null</c> is as good as nothing, as with GOST. Unknown keys, keys that are there
/// twice and anything after the end are mistakes here, because GOST passes over them in silence.</remarks>
internal ref struct ConfigFileReader
{
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _json;
    private readonly List<string> _errors;
    private readonly List<RouteConfig> _routes = [];
    private bool? _debug;
    private Utf8JsonReader _reader;

    private ConfigFileReader(string path, ReadOnlySpan<byte> json, List<string> errors)
    {
        _path = path;
        _json = json;
        _errors = errors;
        _reader = new Utf8JsonReader(json);
    }

    public static ConfigFile Read(string path, ReadOnlySpan<byte> json, List<string> errors)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        return new ConfigFileReader(path, json.StartsWith(byteOrderMark) ? json[byteOrderMark.Length..] : json, errors).ReadFile();
    }

    private ConfigFile ReadFile()
    {
        try
        {
            _reader.Read();
            RouteConfig topLevel = ReadRoute("");
            _reader.Read(); // throws if something follows
            return new ConfigFile(_debug, topLevel, _routes);
        }
        catch (JsonException e)
        {
            ReadOnlySpan<byte> line = _json;
            for (long i = e.LineNumber ?? 0; i > 0; i--)
            {
                line = line[(line.IndexOf((byte)'\n') + 1)..];
            }

            int column = Encoding.UTF8.GetCharCount(line[..(int)Math.Min(line.Length, e.BytePositionInLine ?? 0)]) + 1;
            string problem = e.Message.Split(" LineNumber:")[0]; // which counts from 0
            _errors.Add($"{_path}:{(e.LineNumber ?? 0) + 1}:{column}: this is not JSON: {problem}");
        }
        catch (InvalidOperationException)
        {
            Report("this text is not valid UTF-8");
        }

        return ConfigFile.None;
    }

    private RouteConfig ReadRoute(string place)
    {
        bool isTopLevel = place.Length == 0;
        int retries = 0;
        List<string> serveNodes = [];
        List<string> chainNodes = [];
        if (Expect(JsonTokenType.StartObject, isTopLevel ? "The file" : place, "an object, { ... }"))
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = _reader.GetString()!;
                string keyPlace = isTopLevel ? key : $"{place}.{key}";
                string known = key.ToLowerInvariant();
                if (!seen.Add(key))
                {
                    Report($"{keyPlace} is there twice");
                    known = "";
                }
                else if (known is not ("retries" or "servenodes" or "chainnodes" or "mark" or "interface")
                    && !(isTopLevel && known is "debug" or "routes"))
                {
                    Report($"{keyPlace} is not known here; known are Retries, ServeNodes, ChainNodes, Mark, Interface"
                        + (isTopLevel ? ", Debug and Routes" : ""));
                    known = "";
                }

                _reader.Read();
                switch (known)
                {
                    case "retries":
                        retries = ReadNumber(keyPlace);
                        break;
                    case "servenodes":
                        ReadNodes(keyPlace, serveNodes);
                        break;
                    case "chainnodes":
                        ReadNodes(keyPlace, chainNodes);
                        break;
                    case "mark":
                        RefuseIf(ReadNumber(keyPlace) != 0, keyPlace, "a socket mark");
                        break;
                    case "interface":
                        RefuseIf(ReadText(keyPlace).Length > 0, keyPlace, "a network interface");
                        break;
                    case "debug":
                        _debug = ReadBoolean(keyPlace);
                        break;
                    case "routes":
                        ReadRoutes(keyPlace);
                        break;
                    default:
                        _reader.Skip();
                        break;
                }
            }
        }

        return new RouteConfig(isTopLevel ? "The top level" : place, retries, serveNodes, chainNodes);
    }

    private void ReadRoutes(string place)
    {
        if (Expect(JsonTokenType.StartArray, place, "a list of routes, [ { ... }, ... ]"))
        {
            for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
            {
                _routes.Add(ReadRoute($"{place}[{i}]"));
            }
        }
    }

    private void ReadNodes(string place, List<string> nodes)
    {
        if (Expect(JsonTokenType.StartArray, place, "a list of nodes, [ \"tcp://:2222/192.168.1.1:22\", ... ]"))
        {
            for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
            {
                if (_reader.TokenType == JsonTokenType.Null)
                {
                    Report($"{place}[{i}] is null where a node in quotes is needed");
                }
                else if (Expect(JsonTokenType.String, $"{place}[{i}]", "a node in quotes"))
                {
                    nodes.Add(_reader.GetString()!);
                }
            }
        }
    }

    private int ReadNumber(string place)
    {
        if (!Expect(JsonTokenType.Number, place, "a whole number"))
        {
            return 0;
        }

        if (!_reader.TryGetInt32(out int number) || number < 0)
        {
            Report($"{place} is {Encoding.UTF8.GetString(_reader.ValueSpan)} where a whole number of 0 or more is needed");
        }

        return Math.Max(0, number);
    }

    private string ReadText(string place) => Expect(JsonTokenType.String, place, "a text in quotes") ? _reader.GetString()! : "";

    private bool? ReadBoolean(string place) =>
        _reader.TokenType is JsonTokenType.True ? true : Expect(JsonTokenType.False, place, "true or false") ? false : null;

    private readonly void RefuseIf(bool given, string place, string what)
    {
        if (given)
        {
            Report($"{place}: {what} is GOST's and not supported here; leave it out");
        }
    }

    /// <summary>Whether the value is of the right type. If not, that is reported, unless it is null, and the value is passed over.</summary>
    private bool Expect(JsonTokenType type, string place, string what)
    {
        if (_reader.TokenType == type)
        {
            return true;
        }

        if (_reader.TokenType != JsonTokenType.Null)
        {
            string found = _reader.TokenType switch
            {
                JsonTokenType.StartObject => "an object",
                JsonTokenType.StartArray => "a list",
                JsonTokenType.String => "a text",
                JsonTokenType.Number => "a number",
                _ => "true or false",
            };
            Report($"{place} is {found} where {what} is needed");
        }

        _reader.Skip();
        return false;
    }

    /// <summary>Reports a mistake at the token that was read last.</summary>
    private readonly void Report(string problem)
    {
        ReadOnlySpan<byte> before = _json[..(int)_reader.TokenStartIndex];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        _errors.Add($"{_path}:{line}:{column}: {problem}");
    }
}

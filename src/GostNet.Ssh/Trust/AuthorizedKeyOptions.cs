using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Trust;

/// <summary>The options before a key in <c>authorized_keys</c> (ssh, section 2.12), as OpenSSH reads them: whatever is not understood makes
/// the line void, so that nobody gets more than was meant.</summary>
internal sealed class AuthorizedKeyOptions
{
    /// <summary>Options that switch something else than forwarding, and can be switched off by <c>no-</c>.</summary>
    private static readonly string[] OtherSwitches =
        ["agent-forwarding", "x11-forwarding", "pty", "user-rc", "touch-required", "verify-required"];

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly List<ForwardRule> _open = [];
    private readonly List<ForwardRule> _listen = [];
    private readonly HashSet<string> _seen = [];
    private bool _mayForward = true;

    private AuthorizedKeyOptions()
    {
    }

    /// <summary>No options.</summary>
    public static AuthorizedKeyOptions None { get; } = new();

    /// <summary>Whether the line is for certificates only.</summary>
    public bool IsForCertificates { get; private set; }

    /// <summary>From where the key may log in; <see langword="null"/> for everywhere.</summary>
    public AddressList? From { get; private set; }

    /// <summary>Until when the key may log in, in UTC; <see langword="null"/> for ever.</summary>
    public DateTime? Expiry { get; private set; }

    /// <summary>What it may forward then.</summary>
    public IForwardPermissions Permissions => !_mayForward
        ? ForwardPermissions.Nothing
        : new ForwardPermissions(_open.Count > 0 ? _open : null, _listen.Count > 0 ? _listen : null);

    /// <summary>Reads the options at the beginning of a line.</summary>
    /// <param name="line">The line, each byte a character.</param>
    /// <param name="localTime">Where the times are that do not say so.</param>
    /// <param name="options">What is in them.</param>
    /// <param name="length">How long they are.</param>
    /// <param name="problem">What is wrong with them.</param>
    public static bool TryParse(
        string line,
        TimeZoneInfo localTime,
        [NotNullWhen(true)] out AuthorizedKeyOptions? options,
        out int length,
        [NotNullWhen(false)] out string? problem)
    {
        var parsed = new AuthorizedKeyOptions();
        (options, length, problem) = (null, 0, null);
        while (length < line.Length && line[length] is not (' ' or '\t'))
        {
            int end = length;
            while (end < line.Length && line[end] is not (',' or '=' or ' ' or '\t'))
            {
                end++;
            }

            string name = line[length..end].ToLowerInvariant();
            string? value = null;
            length = end;
            if (length < line.Length && line[length] == '=')
            {
                length++;
                problem = TakeValue(line, ref length, out value);
            }

            problem ??= parsed.Take(name, value, localTime);
            if (problem is null && length < line.Length && line[length] is not (',' or ' ' or '\t'))
            {
                problem = $"something follows the value of the option {Show(name)}";
            }

            if (problem is not null)
            {
                return false;
            }

            length += length < line.Length && line[length] == ',' ? 1 : 0;
        }

        options = parsed;
        return true;
    }

    /// <summary>Reads a value in quotation marks, within which \" is one.</summary>
    private static string? TakeValue(string line, ref int at, out string value)
    {
        var text = new StringBuilder();
        value = "";
        if (at >= line.Length || line[at] != '"')
        {
            return "the value of an option is not in quotation marks";
        }

        for (at++; at < line.Length && line[at] != '"'; at++)
        {
            at += line[at] == '\\' && at + 1 < line.Length && line[at + 1] == '"' ? 1 : 0;
            text.Append(line[at]);
        }

        if (at >= line.Length)
        {
            return "a quotation mark is missing";
        }

        at++;
        value = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text.ToString()));
        return null;
    }

    /// <summary>Takes an option in, or tells what is wrong with it.</summary>
    private string? Take(string name, string? value, TimeZoneInfo localTime) =>
        value is null ? TakeSwitch(name) : TakeSetting(name, value, localTime);

    private string? TakeSwitch(string name)
    {
        string positive = name.StartsWith("no-", StringComparison.Ordinal) ? name["no-".Length..] : name;
        switch (name)
        {
            case "restrict" or "no-port-forwarding":
                _mayForward = false;
                return null;
            case "port-forwarding":
                _mayForward = true;
                return null;
            case "cert-authority":
                IsForCertificates = true;
                return null;
            case "":
                return null; // a comma too many
            default:
                return OtherSwitches.Contains(positive) ? null : Unknown(name);
        }
    }

    private string? TakeSetting(string name, string value, TimeZoneInfo localTime)
    {
        string? problem = null;
        switch (name)
        {
            case "permitopen" or "permitlisten":
                bool isListen = name == "permitlisten";
                if (ForwardRule.TryParse(value, isListen, out ForwardRule? rule, out problem))
                {
                    (isListen ? _listen : _open).Add(rule);
                }

                return problem;
            case "from" when _seen.Add(name):
                From = AddressList.TryParse(value, out AddressList? list, out problem) ? list : null;
                return problem;
            case "expiry-time":
                if (!TryParseTime(value, localTime, out DateTime time))
                {
                    return "its expiry-time is none; write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with a Z behind it for UTC";
                }

                Expiry = Expiry < time ? Expiry : time;
                return null;
            case "principals" when _seen.Add(name):
                IsForCertificates = true;
                return null;
            case "command" when _seen.Add(name):
                return null;
            case "environment":
                bool isNamed = value.AsSpan().IndexOfAnyExcept(NameCharacters) is > 0 and var end && value[end] == '=';
                return isNamed ? null : "its environment is not NAME=value";
            case "tunnel":
                bool isDevice = value == "any" || int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);
                return isDevice ? null : "its tunnel is no device";
            default:
                return _seen.Contains(name) ? $"the option {name} is there twice" : Unknown(name);
        }
    }

    private static string Unknown(string name) => $"the option {Show(name)} is not known, or not in this form";

    private static string Show(string name) => $"'{PeerText.Escape(Encoding.Latin1.GetBytes(name))}'";

    private static bool TryParseTime(string text, TimeZoneInfo localTime, out DateTime utc)
    {
        utc = default;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string zone = digits < 0 ? "" : text[digits..].ToUpperInvariant();
        string format = "yyyyMMddHHmmss"[..Math.Min(text.Length - zone.Length, "yyyyMMddHHmmss".Length)];
        if (zone is not ("" or "Z" or "UTC") || format.Length is not (8 or 12 or 14)
            || !DateTime.TryParseExact(text[..^zone.Length], format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time)
            || time.Year is < 1970 or > 9998)
        {
            return false;
        }

        // In the hour that a clock leaves out or repeats, the offset is that of standard time.
        utc = DateTime.SpecifyKind(zone.Length == 0 ? time - localTime.GetUtcOffset(time) : time, DateTimeKind.Utc);
        return true;
    }
}

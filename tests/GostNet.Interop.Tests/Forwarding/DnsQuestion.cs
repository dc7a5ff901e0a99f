using System.Globalization;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>dig, which asks a DNS server behind a forward.</summary>
internal static class DnsQuestion
{
    public const string Program = "dig";

    /// <summary>Asks once: a second try would hide a lost answer.</summary>
    public static async Task<string> AskAsync(Forwarder forwarder, string name, string type, params string[] options)
    {
        string port = forwarder.Port().ToString(CultureInfo.InvariantCulture);
        string output = await ProgramRun.ToEndAsync(
            Program, ["@127.0.0.1", "-p", port, name, type, "+short", "+tries=1", "+timeout=20", .. options]);
        return output.TrimEnd();
    }
}

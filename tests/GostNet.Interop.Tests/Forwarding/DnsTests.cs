using System.Globalization;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>dnsmasq behind forwards of a local UDP port and a local TCP port, asked by dig.</summary>
public sealed class DnsTests
{
    private const string Dig = "dig";

    [PeerFact(Dnsmasq.Program, Dig)]
    public async Task LocalUdp_AddressIsAsked_AnswerArrives()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        Assert.Equal(Dnsmasq.HostAddress, await AskAsync(forwarder, Dnsmasq.HostName, "A", "+notcp"));
    }

    [PeerFact(Dnsmasq.Program, Dig)]
    public async Task LocalUdp_AnswerIsLargerThanAFrame_ArrivesWhole()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        // A truncated answer is shown as it is, and not asked for again over TCP.
        string answer = await AskAsync(
            forwarder,
            Dnsmasq.TextName,
            "TXT",
            "+notcp", "+ignore", string.Create(CultureInfo.InvariantCulture, $"+bufsize={Dnsmasq.MaxAnswer}"));

        Assert.Equal(Quoted(Dnsmasq.Texts), answer);
    }

    [PeerFact(Dnsmasq.Program, Dig)]
    public async Task LocalTcp_LongTextIsAsked_ArrivesWhole()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalTcp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        Assert.Equal(Quoted(Dnsmasq.Texts), await AskAsync(forwarder, Dnsmasq.TextName, "TXT", "+tcp"));
    }

    [PeerFact(Dnsmasq.Program, Dig)]
    public async Task LocalUdp_ManyClientsAtATime_EachGetsItsAnswer()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => AskAsync(forwarder, Dnsmasq.HostName, "A", "+notcp")));

        Assert.All(answers, answer => Assert.Equal(Dnsmasq.HostAddress, answer));
    }

    /// <summary>Asks once: a second try would hide a lost answer.</summary>
    private static async Task<string> AskAsync(Forwarder forwarder, string name, string type, params string[] options)
    {
        string port = forwarder.Port().ToString(CultureInfo.InvariantCulture);
        string output = await ProgramRun.ToEndAsync(
            Dig, ["@127.0.0.1", "-p", port, name, type, "+short", "+tries=1", "+timeout=20", .. options]);
        return output.TrimEnd();
    }

    private static string Quoted(IEnumerable<string> texts) => string.Join(' ', texts.Select(text => $"\"{text}\""));
}

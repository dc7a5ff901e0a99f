using System.Globalization;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>dnsmasq behind forwards of a local UDP port and a local TCP port, asked by dig.</summary>
public sealed class DnsTests
{
    [PeerFact(Dnsmasq.Program, DnsQuestion.Program)]
    public async Task LocalUdp_AddressIsAsked_AnswerArrives()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        Assert.Equal(Dnsmasq.HostAddress, await DnsQuestion.AskAsync(forwarder, Dnsmasq.HostName, "A", "+notcp"));
    }

    [PeerFact(Dnsmasq.Program, DnsQuestion.Program)]
    public async Task LocalUdp_AnswerIsLargerThanAFrame_ArrivesWhole()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        // A truncated answer is shown as it is, and not asked for again over TCP.
        string answer = await DnsQuestion.AskAsync(
            forwarder,
            Dnsmasq.TextName,
            "TXT",
            "+notcp", "+ignore", string.Create(CultureInfo.InvariantCulture, $"+bufsize={Dnsmasq.MaxAnswer}"));

        Assert.Equal(Quoted(Dnsmasq.Texts), answer);
    }

    [PeerFact(Dnsmasq.Program, DnsQuestion.Program)]
    public async Task LocalTcp_LongTextIsAsked_ArrivesWhole()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalTcp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        Assert.Equal(Quoted(Dnsmasq.Texts), await DnsQuestion.AskAsync(forwarder, Dnsmasq.TextName, "TXT", "+tcp"));
    }

    [PeerFact(Dnsmasq.Program, DnsQuestion.Program)]
    public async Task LocalUdp_ManyClientsAtATime_EachGetsItsAnswer()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalUdp(LocalForward.AnyPort, dnsmasq.Address).StartAsync();

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => DnsQuestion.AskAsync(forwarder, Dnsmasq.HostName, "A", "+notcp")));

        Assert.All(answers, answer => Assert.Equal(Dnsmasq.HostAddress, answer));
    }

    private static string Quoted(IEnumerable<string> texts) => string.Join(' ', texts.Select(text => $"\"{text}\""));
}

using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>dnsmasq: a DNS server over UDP and TCP that knows one address and one long text, and asks nobody else.</summary>
internal static class Dnsmasq
{
    public const string Program = "dnsmasq";
    public const string HostName = "host.test";
    public const string HostAddress = "192.0.2.17";
    public const string TextName = "text.test";

    /// <summary>The parts of the long text: together more than an Ethernet frame holds, and less than <see cref="MaxAnswer"/>.</summary>
    public static readonly IReadOnlyList<string> Texts =
        [.. Enumerable.Range(0, 14).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i:d3}") + new string('x', 247))];

    public const int MaxAnswer = 4096;

    public static Task<PeerProcess> StartAsync() => PeerProcess.StartAsync(
        Program,
        (_, port) =>
        [
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
            "--listen-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--port={port}"),
            string.Create(CultureInfo.InvariantCulture, $"--edns-packet-max={MaxAnswer}"),
            $"--host-record={HostName},{HostAddress}",
            $"--txt-record={TextName},{string.Join(',', Texts)}",
        ],
        readyText: "started, version");
}

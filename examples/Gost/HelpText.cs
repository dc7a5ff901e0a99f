using System.Reflection;
using System.Runtime.InteropServices;

namespace GostNet.Examples.Gost;

/// <summary>What -h and -V print.</summary>
internal static class HelpText
{
    public const string Text = """
        gost forwards TCP and UDP ports and serves proxies, directly or through others.

        Usage:
          gost -L NODE [-L NODE]... [-F NODE]... [-C FILE] [-D]
          gost                 a demonstration: a target, a forward to it, a live view

        Options (one dash or two, a value after a blank or after =):
          -L NODE   forward this, or serve this proxy; may be repeated
          -F NODE   go through this proxy; may be repeated, in the order of the hops;
                    all -L share the chain
          -C FILE   read more from a JSON file. Its ServeNodes and ChainNodes come after
                    those of -L and -F and do not replace them
          -D        debug log, without passwords; -D=false overrules the file's Debug
          -V        print the version
          -h        print this

        Nodes of -L:
          tcp://:2222/192.168.1.1:22          TCP port 2222 to 192.168.1.1:22
          udp://:5353/1.1.1.1:53,8.8.8.8:53   UDP port 5353 to one of two targets
          rtcp://:2222/192.168.1.1:22         a port at the far end of the chain, whose
          rudp://:5353/192.168.1.1:53         last node is SOCKS5 or, for rtcp, SSH, to a
                                              target from here
          socks5://user:pass@:1080            a proxy server: socks5, socks4, http,
                                              http2, sni
          :8080?secrets=users.txt             the first three on one port
          ss://aes-128-gcm:pass@:8388           Shadowsocks; ssu:// is its UDP
          tls://:443/127.0.0.1:80             the far end of a tunnel: tls, mtls, ws, wss,
                                              mws, mwss, h2, h2c, ohttp, otls
          socks5+wss://user:pass@:443         a proxy server over one of them
          forward+ssh://user:pass@:2222       a server for ssh -L, -R, -D, -W and -N;
              ?ssh_authorized_keys=FILE       for keys; ssh_key=FILE is the host key

        Nodes of -F:
          socks5://user:pass@10.0.0.1:1080    a proxy: http, http2, socks5, socks4,
                                              socks4a, ss, sni
          http+tls://proxy:443?secure=true    the same over a transport, verified
          forward+tls://server:443            a tunnel; -L needs no target then
          socks5://10.0.0.1:1080?mbind=true   one connection for all of an rtcp port
          forward://10.0.0.1:2222             a forward there, over TCP
          forward+ssh://user@host:22          any SSH server; pass or ssh_key=FILE to log
              ?ssh_key=FILE&strict=yes        in, host_key=SHA256:... or known_hosts=FILE

        File:
          { "Retries": 1, "Debug": false,
            "ServeNodes": ["tcp://:2222/10.0.0.1:22"], "ChainNodes": ["http://gw:8080"],
            "Routes": [{ "Retries": 3, "ServeNodes": ["..."], "ChainNodes": ["..."] }] }
          Each route has a chain of its own; -F belongs to the top level only.

        Ctrl-C or SIGTERM stops: no new connections, 5 seconds for those there are. A
        second one ends at once. The log goes to stderr.

        Exit codes:
          0         done, or stopped by Ctrl-C or SIGTERM
          1         a file or node that cannot be used, nothing to forward, an address
                    that cannot be had, a forward that ended by itself
          2         arguments that cannot be read
          130, 143  ended at once by a second Ctrl-C or SIGTERM

        """;

    public static string Version =>
        $"gost {ReadVersion()} (GostNet, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})";

    // The part after the plus is the commit.
    private static string ReadVersion() => typeof(HelpText).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}

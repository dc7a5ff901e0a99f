using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>curl, told everything, so that nothing of the machine's own settings counts.</summary>
internal static class Curl
{
    public const string Program = "curl";

    /// <summary>The proxy could not be used: what curl exits with for SOCKS.</summary>
    public const int ProxyFailed = 97;

    /// <summary>The answer, or that to CONNECT, was 400 or more.</summary>
    public const int AnswerWasAnError = 22;

    /// <summary>TLS was not agreed on.</summary>
    public const int TlsFailed = 35;

    /// <summary>The peer ended the connection without a byte of an answer.</summary>
    public const int AnsweredNothing = 52;

    /// <summary>The peer broke the connection off.</summary>
    public const int ReceiveFailed = 56;

    /// <summary>The certificate is not one that is trusted.</summary>
    public const int CertificateRejected = 60;

    /// <summary>Runs it. An answer of 400 or more fails it.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => ProgramRun.RunAsync(
        Program, ["--disable", "--silent", "--show-error", "--fail", "--noproxy", "", "--max-time", "25", .. arguments]);

    /// <summary>The arguments that make it go through a proxy.</summary>
    public static string[] Through(CurlProxy proxy, int port)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        return proxy switch
        {
            CurlProxy.Socks5 => ["--socks5", address],
            CurlProxy.Socks5Hostname => ["--socks5-hostname", address],
            CurlProxy.Socks4 => ["--socks4", address],
            CurlProxy.Socks4a => ["--socks4a", address],
            CurlProxy.Http => ["--proxy", $"http://{address}"],
            CurlProxy.HttpConnect => ["--proxytunnel", "--proxy", $"http://{address}"],
            _ => throw new ArgumentOutOfRangeException(nameof(proxy)),
        };
    }

    /// <summary>What it exits with if the proxy refuses.</summary>
    public static int RefusedBy(CurlProxy proxy) => proxy is CurlProxy.Http or CurlProxy.HttpConnect ? AnswerWasAnError : ProxyFailed;
}

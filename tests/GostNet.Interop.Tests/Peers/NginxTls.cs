using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Interop.Tests.Peers;

/// <summary>nginx with three hosts at one port of TLS, told apart by the server name. Each answers with its own.</summary>
internal static class NginxTls
{
    public const string FirstHost = "first.example";
    public const string SecondHost = "second.example";

    /// <summary>The one that this machine finds by its name.</summary>
    public const string LocalHost = "localhost";

    /// <summary>Starts it. Its certificate, for all hosts, is written to a file for clients.</summary>
    public static Task<PeerProcess> StartAsync(string certificateFile) =>
        Nginx.StartAsync((directory, port) => WriteServers(directory, port, certificateFile));

    private static string WriteServers(string directory, int port, string certificateFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=interop", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(FirstHost);
        names.AddDnsName(SecondHost);
        names.AddDnsName(LocalHost);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        string keyFile = Path.Combine(directory, "key.pem");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return $$"""
            ssl_certificate {{certificateFile}};
            ssl_certificate_key {{keyFile}};
            {{WriteServer(FirstHost, port)}}
            {{WriteServer(SecondHost, port)}}
            {{WriteServer(LocalHost, port)}}
            """;
    }

    private static string WriteServer(string host, int port) => $$"""
        server { listen 127.0.0.1:{{port}} ssl; server_name {{host}}; return 200 "{{host}} $ssl_server_name\n"; }
        """;
}

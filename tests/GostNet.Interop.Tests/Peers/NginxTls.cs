using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Interop.Tests.Peers;

/// <summary>nginx with two hosts at one port of TLS, told apart by the server name. Each answers with its own.</summary>
internal static class NginxTls
{
    public const string FirstHost = "first.example";
    public const string SecondHost = "second.example";

    /// <summary>Starts it. Its certificate, for both hosts, is written to a file for clients.</summary>
    public static Task<PeerProcess> StartAsync(string certificateFile) =>
        Nginx.StartAsync((directory, port) => WriteServers(directory, port, certificateFile));

    private static string WriteServers(string directory, int port, string certificateFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=interop", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(FirstHost);
        names.AddDnsName(SecondHost);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        string keyFile = Path.Combine(directory, "key.pem");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return $$"""
            ssl_certificate {{certificateFile}};
            ssl_certificate_key {{keyFile}};
            server { listen 127.0.0.1:{{port}} ssl; server_name {{FirstHost}}; return 200 "{{FirstHost}} $ssl_server_name\n"; }
            server { listen 127.0.0.1:{{port}} ssl; server_name {{SecondHost}}; return 200 "{{SecondHost}} $ssl_server_name\n"; }
            """;
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GostNet.Tests.Transports.Tls;

namespace GostNet.Interop.Tests.Peers;

/// <summary>The test certificates as files, in a peer's directory or in one of the test's own.</summary>
internal sealed class PemFiles
{
    private readonly string _directory;

    /// <summary>Writes them.</summary>
    public PemFiles(string directory)
    {
        _directory = directory;
        File.WriteAllText(Authority, TestCertificates.Authority.ExportCertificatePem());
        File.WriteAllText(OtherAuthority, TestCertificates.OtherAuthority.ExportCertificatePem());
        Write(Server, TestCertificates.IndirectServer);
        File.AppendAllText(Server, "\n" + TestCertificates.Intermediate.ExportCertificatePem());
        Write(Client, TestCertificates.Client);
    }

    public string Authority => Path.Combine(_directory, "ca.pem");

    public string OtherAuthority => Path.Combine(_directory, "other-ca.pem");

    /// <summary>The server's certificate, its key, and the certificate between it and the authority.</summary>
    public string Server => Path.Combine(_directory, "server.pem");

    /// <summary>The client's certificate and its key.</summary>
    public string Client => Path.Combine(_directory, "client.pem");

    private static void Write(string path, X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}

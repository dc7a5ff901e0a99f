using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Transports.Tls;

/// <summary>A certificate that a server made for itself and keeps in a file with its key, so that clients can pin the key for good.
/// </summary>
/// <remarks>It is valid for a year (transports, section 10). Within <see cref="RenewalTime"/> of its end another one with the same key
/// takes its place, at the start or when somebody connects. If that cannot be written, it is used all the same.</remarks>
internal sealed class SelfSignedFile
{
    /// <summary>How long before its end a certificate is replaced.</summary>
    public static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    private readonly string _path;
    private readonly IReadOnlyCollection<string> _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _renewal = new();
    private TlsIdentity _identity;

    /// <summary>Reads the file, or makes it if there is none.</summary>
    /// <exception cref="ArgumentException">It cannot be used, or cannot be made; the message says why.</exception>
    public SelfSignedFile(string path, IReadOnlyCollection<string> names, TimeProvider time, ILogger logger)
    {
        _path = Path.GetFullPath(path);
        _names = names;
        _time = time;
        _logger = logger;
        _identity = File.Exists(_path) ? Read() : Make();
        if (IsRunningOut(_identity))
        {
            _identity = Renew(_identity);
        }

        logger.CertificateKept(_path, _identity.Pin);
    }

    /// <summary>The certificate as it is now.</summary>
    public TlsIdentity Current()
    {
        TlsIdentity identity = Volatile.Read(ref _identity);
        if (IsRunningOut(identity) && _renewal.TryEnter())
        {
            try
            {
                if (identity == _identity)
                {
                    Volatile.Write(ref _identity, Renew(identity));
                }
            }
            finally
            {
                _renewal.Exit();
            }
        }

        return Volatile.Read(ref _identity);
    }

    private bool IsRunningOut(TlsIdentity identity) =>
        _time.GetUtcNow() >= new DateTimeOffset(identity.Certificate.NotAfter) - RenewalTime;

    private TlsIdentity Read()
    {
        TlsIdentity identity = PemFile.ReadIdentity(_path, _path);
        using ECDsa? key = identity.Certificate.GetECDsaPrivateKey();
        return key is not null && identity.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(identity.Certificate.IssuerName.RawData)
            ? identity
            : throw new ArgumentException(
                $"{_path}: its certificate is not one that a server made for itself; write a path where there is no file yet, "
                + "or CertificateFile and KeyFile to use this one");
    }

    private TlsIdentity Make()
    {
        using ECDsa key = SelfSignedCertificate.CreateKey();
        using X509Certificate2 certificate = Sign(key);
        try
        {
            Write(certificate, key, overwrite: false);
        }
        catch (IOException) when (File.Exists(_path))
        {
            // Another process has been faster.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"{_path}: it cannot be made ({e.Message.TrimEnd('.')}); write a path in a folder that exists and can be written to", e);
        }

        return Read();
    }

    private TlsIdentity Renew(TlsIdentity old)
    {
        using ECDsa key = old.Certificate.GetECDsaPrivateKey()!;
        X509Certificate2 certificate = Sign(key);
        try
        {
            Write(certificate, key, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.CertificateNotSaved(_path, e.Message);
        }

        var renewed = new TlsIdentity(certificate, []);
        _logger.CertificateRenewed(_path, certificate.NotAfter.ToUniversalTime(), renewed.Pin);
        return renewed;
    }

    private X509Certificate2 Sign(ECDsa key)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return SelfSignedCertificate.Create(key, _names, now, now.AddYears(1));
    }

    /// <summary>Writes the file in one step, so that nobody ever reads a part of it, and nobody else may read it at any time.</summary>
    private void Write(X509Certificate2 certificate, ECDsa key, bool overwrite)
    {
        string draft = $"{_path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var writer = new StreamWriter(draft, options))
            {
                writer.WriteLine(certificate.ExportCertificatePem());
                writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
            }

            File.Move(draft, _path, overwrite);
        }
        finally
        {
            File.Delete(draft); // takes no offence if it has moved
        }
    }
}

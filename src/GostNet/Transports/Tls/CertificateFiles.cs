using GostNet.Diagnostics;
using GostNet.Internal;
using Microsoft.Extensions.Logging;

namespace GostNet.Transports.Tls;

/// <summary>A server's certificate and key in two PEM files, which are read anew when they have changed.</summary>
/// <remarks>They are looked at when somebody connects, at most once in a second. What cannot be used leaves the certificate as it is, is
/// told of once, and is looked at again: one of the files may have been written before the other.</remarks>
internal sealed class CertificateFiles
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly ILogger _logger;
    private readonly LookClock _clock;
    private readonly Lock _reload = new();
    private TlsIdentity _identity;
    private (FileStamp?, FileStamp?) _stamps;
    private ((FileStamp?, FileStamp?), string)? _lastFault;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="ArgumentException">They cannot be used; the message says why.</exception>
    public CertificateFiles(string certificatePath, string keyPath, TimeProvider time, ILogger logger)
    {
        _certificatePath = Path.GetFullPath(certificatePath);
        _keyPath = Path.GetFullPath(keyPath);
        _logger = logger;
        _clock = new LookClock(time);
        _stamps = Stamps(); // before they are read: what is written meanwhile is then seen as a change
        _identity = PemFile.ReadIdentity(_certificatePath, _keyPath);
    }

    /// <summary>What the files have now.</summary>
    public TlsIdentity Current()
    {
        if (_clock.IsDue(Period) && _reload.TryEnter())
        {
            try
            {
                Reload();
            }
            finally
            {
                _reload.Exit();
            }
        }

        return Volatile.Read(ref _identity);
    }

    private void Reload()
    {
        (FileStamp?, FileStamp?) stamps = Stamps();
        if (stamps == _stamps)
        {
            return;
        }

        try
        {
            TlsIdentity identity = PemFile.ReadIdentity(_certificatePath, _keyPath);
            Volatile.Write(ref _identity, identity);
            (_stamps, _lastFault) = (stamps, null);
            _logger.CertificateReloaded(_certificatePath, identity.Certificate.NotAfter.ToUniversalTime(), identity.Pin);
        }
        catch (ArgumentException e)
        {
            if (_lastFault != (stamps, e.Message))
            {
                _logger.CertificateNotReloaded(_certificatePath, e.Message);
                _lastFault = (stamps, e.Message);
            }

            if (e.InnerException is not (IOException or UnauthorizedAccessException))
            {
                _stamps = stamps; // what may not be read now may be later, without another change
            }
        }
    }

    private (FileStamp?, FileStamp?) Stamps() => (FileStamp.Of(_certificatePath), FileStamp.Of(_keyPath));
}

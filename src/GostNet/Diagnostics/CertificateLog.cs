using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about the certificates of servers. Never a key.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(LogEventIds.CertificateMade, LogLevel.Warning,
        "A TLS server was given no certificate, and has one whose key changes with each start: {Pin}")]
    public static partial void CertificateMade(this ILogger logger, string pin);

    [LoggerMessage(LogEventIds.CertificateKept, LogLevel.Information, "The self-signed certificate in {File} has the key {Pin}")]
    public static partial void CertificateKept(this ILogger logger, string file, string pin);

    [LoggerMessage(LogEventIds.CertificateRenewed, LogLevel.Information,
        "The self-signed certificate in {File} was made anew with the same key, {Pin}, and is valid until {End:u}")]
    public static partial void CertificateRenewed(this ILogger logger, string file, DateTime end, string pin);

    [LoggerMessage(LogEventIds.CertificateNotSaved, LogLevel.Warning,
        "{File} cannot be written, and has an old certificate while a new one with the same key is used: {Problem}")]
    public static partial void CertificateNotSaved(this ILogger logger, string file, string problem);

    [LoggerMessage(LogEventIds.CertificateReloaded, LogLevel.Information,
        "Read a new certificate from {File}, which is valid until {End:u} and has the key {Pin}")]
    public static partial void CertificateReloaded(this ILogger logger, string file, DateTime end, string pin);

    [LoggerMessage(LogEventIds.CertificateNotReloaded, LogLevel.Warning,
        "The new state of {File} and its key cannot be used, and the certificate stays as it is: {Problem}")]
    public static partial void CertificateNotReloaded(this ILogger logger, string file, string problem);
}

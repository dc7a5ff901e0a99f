using System.Security.Authentication;
using System.Security.Cryptography;

namespace GostNet.Transports.Tls;

/// <summary>What the handshakes of both sides have in common.</summary>
internal static class TlsHandshake
{
    // Older versions are no longer safe (RFC 8996).
    public const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Puts TLS over a connection, which stays the caller's until this succeeds.</summary>
    /// <param name="carrier">The connection below, which the result owns.</param>
    /// <param name="handshake">Does the handshake.</param>
    /// <param name="peer">What the peer is called in a failure.</param>
    /// <param name="rejection">Why the peer's certificate was not accepted, if that is why the handshake failed.</param>
    /// <param name="time">The clock.</param>
    public static async ValueTask<IConnection> RunAsync(
        IConnection carrier, Func<TlsStream, Task> handshake, string peer, Func<string?> rejection, TimeProvider time)
    {
        TlsStream stream = TlsStream.Create(carrier.Stream);
        try
        {
            await handshake(stream).ConfigureAwait(false);
            return new TlsConnection(carrier, stream, time);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            switch (e)
            {
                case AuthenticationException when rejection() is { } reason:
                    throw new ForwardException(
                        ForwardError.CertificateRejected, $"The certificate of the TLS {peer} is not accepted: {reason}.", e);
                case AuthenticationException or CryptographicException:
                    throw new ForwardException(
                        ForwardError.TlsFailed, $"TLS with the {peer} failed: {(e.InnerException ?? e).Message.TrimEnd('.')}.", e);
                case (IOException and not ForwardException) or ObjectDisposedException:
                    throw new ForwardException(
                        ForwardError.ConnectionClosed,
                        $"The {peer} ended the connection before TLS was agreed on: {e.Message.TrimEnd('.')}.",
                        e);
                default:
                    throw;
            }
        }
    }
}

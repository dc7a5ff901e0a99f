using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>The client side of TLS 1.2 and 1.3 over any connection.</summary>
internal sealed class TlsClient : IConnectionLayer
{
    private readonly TlsClientOptions _options;
    private readonly byte[][] _pins;
    private readonly string _serverName;
    private readonly bool _sendsName;
    private readonly TimeProvider _time;

    /// <summary>Makes the client side for one server.</summary>
    /// <param name="options">How the server is checked.</param>
    /// <param name="host">The host of the server's address, which is its name unless the options have another.</param>
    /// <param name="sendsName">Whether the server is told the name it is called by (RFC 6066, section 3). Within SOCKS5 it is not, as GOST
    /// does it (socks, section 3.4).</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">A pin is not one.</exception>
    public TlsClient(TlsClientOptions options, string host, bool sendsName, TimeProvider time)
    {
        _options = options with { };
        _pins = [.. options.Pins.Select(PublicKeyPin.Parse)];
        _serverName = options.ServerName ?? host;
        _sendsName = sendsName;
        _time = time;
    }

    /// <summary>Puts TLS over a connection, which stays the caller's until this succeeds.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.CertificateRejected"/>, <see cref="ForwardError.TlsFailed"/>, or
    /// <see cref="ForwardError.ConnectionClosed"/>.</exception>
    public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        string? rejection = null;
        var handshake = new SslClientAuthenticationOptions
        {
            TargetHost = _sendsName ? _serverName : "",
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            CertificateChainPolicy = CreateChainPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                (rejection = FindFault(certificate as X509Certificate2, chain, errors)) is null,
        };
        return TlsHandshake.RunAsync(
            carrier, stream => stream.HandshakeAsync(handshake, cancellationToken), "server", () => rejection, _time);
    }

    private X509ChainPolicy CreateChainPolicy()
    {
        // Whatever would be fetched would be fetched past the chain of proxies.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (!_options.CertificateAuthorities.IsEmpty)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_options.CertificateAuthorities.ToArray());
        }

        return policy;
    }

    /// <summary>What speaks against the server's certificate, or <see langword="null"/>.</summary>
    private string? FindFault(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "there is none";
        }

        if (_pins.Length > 0)
        {
            byte[] hash = PublicKeyPin.Hash(certificate);
            return _pins.Any(pin => pin.AsSpan().SequenceEqual(hash))
                ? null
                : $"its public key is {PublicKeyPin.Of(certificate)}, which is not pinned";
        }

        if (!_options.Verify)
        {
            return null;
        }

        string? fault = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? string.Join("; ", chain?.ChainStatus.Select(s => s.StatusInformation.Trim().TrimEnd('.')) ?? ["it leads to no authority"])
            : _serverName.Length == 0 || !certificate.MatchesHostname(_serverName, allowCommonName: false)
                ? $"it does not bear the name '{_serverName}'"
                : null;
        return fault is null ? null : $"{fault} (its public key is {PublicKeyPin.Of(certificate)})";
    }
}

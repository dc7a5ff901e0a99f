using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>The client side of TLS 1.2 and 1.3 over any connection.</summary>
/// <remarks>A server that does not accept the client's certificate says so after the handshake of TLS 1.3: the first read fails then.
/// </remarks>
internal sealed class TlsClient : IConnectionLayer
{
    private readonly TlsClientOptions _options;
    private readonly byte[][] _pins;
    private readonly string _serverName;
    private readonly bool _sendsName;
    private readonly TlsIdentity? _identity;
    private readonly bool _checksChain;
    private readonly SslApplicationProtocol[] _protocols;
    private readonly TimeProvider _time;

    /// <summary>Makes the client side for one server.</summary>
    /// <param name="options">How the server is checked.</param>
    /// <param name="host">The host of the server's address, which is its name unless the options have another.</param>
    /// <param name="sendsName">Whether the server is told the name it is called by (RFC 6066, section 3), if that is no address. Within
    /// SOCKS5 it is not, as GOST does it (socks, section 3.4).</param>
    /// <param name="time">The clock.</param>
    /// <param name="protocols">The protocols that are offered (RFC 7301). A server may choose none: GOST's <c>h2</c> does so (transports,
    /// section 3).</param>
    /// <exception cref="ArgumentException">A pin is not one, or the client's certificate has no key.</exception>
    public TlsClient(
        TlsClientOptions options, string host, bool sendsName, TimeProvider time, params ReadOnlySpan<SslApplicationProtocol> protocols)
    {
        _options = options with { };
        _pins = [.. options.Pins.Select(PublicKeyPin.Parse)];
        _serverName = options.ServerName ?? (host.Length == 0 ? "localhost" : host);
        _sendsName = sendsName;
        _identity = options.ClientCertificate is { } certificate ? new TlsIdentity(certificate, options.ClientIntermediates) : null;
        _checksChain = (options.Verify && _pins.Length == 0) || options.RemoteCertificateValidationCallback is not null;
        _protocols = protocols.ToArray();
        _time = time;
        if (_identity is null && !options.ClientIntermediates.IsEmpty)
        {
            throw new ArgumentException("ClientIntermediates are set without ClientCertificate; write both or neither");
        }
    }

    /// <inheritdoc/>
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
            CertificateChainPolicy = _checksChain
                ? PeerChain.CreatePolicy(_options.CertificateAuthorities, _time)
                : PeerChain.CreateUncheckedPolicy(),
            ClientCertificateContext = _identity?.Context,
            ApplicationProtocols = _protocols.Length == 0 ? null : [.. _protocols],
            RemoteCertificateValidationCallback = (stream, certificate, chain, errors) =>
                (rejection = FindFault(stream, certificate as X509Certificate2, chain, errors)) is null,
        };
        return TlsHandshake.RunAsync(
            carrier, stream => stream.HandshakeAsync(handshake, cancellationToken), "server", () => rejection, _time);
    }

    /// <summary>What speaks against the server's certificate, or <see langword="null"/>.</summary>
    private string? FindFault(object stream, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "there is none";
        }

        string? fault = _pins.Length > 0 ? FindPinFault(certificate)
            : !_options.Verify ? null
            : PeerChain.FindFault(chain, errors)
                ?? (!_options.CheckName || BearsName(certificate) ? null : $"it does not bear the name '{_serverName}'");
        if (fault is null && _options.RemoteCertificateValidationCallback is { } callback)
        {
            // The name that is compared is not always the one that is sent.
            errors = (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch)
                | (BearsName(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateNameMismatch);
            fault = PeerChain.Ask(callback, stream, certificate, chain, errors);
        }

        return fault is null ? null : $"{fault} (its public key is {PublicKeyPin.Of(certificate)})";
    }

    private bool BearsName(X509Certificate2 certificate)
    {
        try
        {
            return _serverName.Length > 0 && certificate.MatchesHostname(_serverName, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            return false; // its names are written as none can be read
        }
    }

    private string? FindPinFault(X509Certificate2 certificate)
    {
        byte[] hash = PublicKeyPin.Hash(certificate);
        return _pins.Any(pin => pin.AsSpan().SequenceEqual(hash)) ? null : "it has none of the pinned keys";
    }
}

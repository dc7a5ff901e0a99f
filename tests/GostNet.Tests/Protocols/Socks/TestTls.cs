using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>TLS inside of a connection, for tests of who speaks it when.</summary>
internal sealed class TestTls : IConnection
{
    private static readonly X509Certificate2 Certificate = CreateCertificate();

    private readonly IConnection _inner;
    private readonly SslStream _stream;

    private TestTls(IConnection inner)
    {
        _inner = inner;
        _stream = new SslStream(inner.Stream, leaveInnerStreamOpen: true);
    }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => null;

    public EndPoint? RemoteEndPoint => null;

    public static async ValueTask<IConnection> ServeAsync(IConnection inner, CancellationToken cancellationToken)
    {
        TestTls tls = new(inner);
        await tls._stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = Certificate }, cancellationToken);
        return tls;
    }

    public static async Task<IConnection> ConnectAsync(IConnection inner)
    {
        TestTls tls = new(inner);
        await tls._stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => Certificate.Equals(certificate),
            });
        return tls;
    }

    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        await _stream.ShutdownAsync().WaitAsync(cancellationToken);
        await _inner.CompleteWritesAsync(cancellationToken);
    }

    public void Abort() => _inner.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _inner.DisposeAsync();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("O=test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}

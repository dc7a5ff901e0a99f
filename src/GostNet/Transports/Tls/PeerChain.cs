using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>What the checks of the peer's certificate have in common on both sides.</summary>
internal static class PeerChain
{
    /// <summary>How a chain is built. For what use a certificate has to be is added by <see cref="SslStream"/>.</summary>
    /// <param name="authorities">The authorities to trust; if there are none, those of this machine.</param>
    /// <param name="time">The clock that certificates are valid by.</param>
    public static X509ChainPolicy CreatePolicy(ImmutableArray<X509Certificate2> authorities, TimeProvider time)
    {
        // Whatever would be fetched would be fetched past the chain of proxies.
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTimeIgnored = false,
            VerificationTime = time.GetUtcNow().LocalDateTime,
        };
        if (!authorities.IsEmpty)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities.ToArray());
        }

        return policy;
    }

    /// <summary>How a chain is built whose faults nobody asks for. <see cref="SslStream"/> builds one in any case.</summary>
    /// <remarks>Looking into the authorities of this machine, of which there are a hundred or more, is most of what a chain costs.</remarks>
    public static X509ChainPolicy CreateUncheckedPolicy() => new()
    {
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };

    /// <summary>What speaks against a chain, or <see langword="null"/>.</summary>
    public static string? FindFault(X509Chain? chain, SslPolicyErrors errors) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? null
        : chain is { ChainStatus.Length: > 0 }
            ? string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct())
        : "it leads to no authority";

    /// <summary>Asks the user's own check.</summary>
    /// <returns>What speaks against the peer, or <see langword="null"/>.</returns>
    public static string? Ask(
        RemoteCertificateValidationCallback callback, object stream, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        try
        {
            return callback(stream, certificate, chain, errors) ? null : "the validation callback does not accept it";
        }
        catch (Exception e)
        {
            return $"the validation callback failed: {e.Message.TrimEnd('.')}"; // it is not known what it would have said
        }
    }
}

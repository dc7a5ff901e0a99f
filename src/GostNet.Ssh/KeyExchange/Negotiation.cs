using System.Collections.Immutable;
using System.Text;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Makes one choice of two offers (RFC 4253, section 7.1; ssh, section 2.5).</summary>
internal static class Negotiation
{
    /// <summary>Says that the client takes EXT_INFO (RFC 8308).</summary>
    public const string ExtInfoClient = "ext-info-c";

    /// <summary>Says that the server takes EXT_INFO.</summary>
    public const string ExtInfoServer = "ext-info-s";

    /// <summary>Says that the client knows strict key exchange.</summary>
    public const string StrictClient = "kex-strict-c-v00@openssh.com";

    /// <summary>Says that the server knows strict key exchange.</summary>
    public const string StrictServer = "kex-strict-s-v00@openssh.com";

    /// <summary>dropbear's: says that it guesses the method in a way of its own.</summary>
    private const string GuessesLikeDropbear = "kexguess2@matt.ucc.asn.au";

    /// <summary>The names that stand among the methods of a first offer and are none.</summary>
    public static ImmutableArray<string> PseudoNames(bool isServer) =>
        isServer ? [ExtInfoServer, StrictServer] : [ExtInfoClient, StrictClient];

    /// <summary>Whether the side that made an offer takes EXT_INFO. To be asked of its first offer.</summary>
    public static bool TakesExtInfo(KexInit offer, bool isServer) => offer.Kex.Contains(isServer ? ExtInfoServer : ExtInfoClient);

    /// <summary>Whether key exchange is strict, for all of the connection. To be asked of both first offers.</summary>
    public static bool IsStrict(KexInit client, KexInit server) => client.Kex.Contains(StrictClient) && server.Kex.Contains(StrictServer);

    /// <summary>Takes the first of the client's names that the server has, of each list.</summary>
    /// <exception cref="SshException">They have nothing in common; the message says what each of them offers.</exception>
    public static NegotiatedAlgorithms Choose(KexInit client, KexInit server)
    {
        string cipherToServer = Choose("cipher for what the client sends", client.CiphersToServer, server.CiphersToServer);
        string cipherToClient = Choose("cipher for what the server sends", client.CiphersToClient, server.CiphersToClient);
        _ = Choose("compression for what the client sends", client.CompressionsToServer, server.CompressionsToServer);
        _ = Choose("compression for what the server sends", client.CompressionsToClient, server.CompressionsToClient);
        bool isGuessRight = client.Kex.FirstOrDefault() == server.Kex.FirstOrDefault()
            && client.HostKeys.FirstOrDefault() == server.HostKeys.FirstOrDefault();
        return new(
            Choose("key exchange method", client.Kex, server.Kex),
            Choose("host key algorithm", client.HostKeys, server.HostKeys),
            cipherToServer,
            cipherToClient,
            IsAead(cipherToServer) ? null : Choose("MAC for what the client sends", client.MacsToServer, server.MacsToServer),
            IsAead(cipherToClient) ? null : Choose("MAC for what the server sends", client.MacsToClient, server.MacsToClient),
            client.FirstKexPacketFollows && !isGuessRight,
            server.FirstKexPacketFollows && !isGuessRight);
    }

    private static bool IsAead(string cipher) => CipherSuites.Ciphers.TryGetValue(cipher, out CipherAlgorithm? known) && known.IsAead;

    private static string Choose(string what, ImmutableArray<string> client, ImmutableArray<string> server)
    {
        // A peer may offer thousands.
        var offered = new HashSet<string>(server, StringComparer.Ordinal);
        foreach (string name in client)
        {
            if (offered.Contains(name) && !IsPseudoName(name))
            {
                return name;
            }
        }

        throw SshException.KeyExchange($"There is no common {what}: the client offers {Show(client)}; the server offers {Show(server)}.");
    }

    private static bool IsPseudoName(string name) =>
        name is ExtInfoClient or ExtInfoServer or StrictClient or StrictServer or GuessesLikeDropbear;

    private static string Show(ImmutableArray<string> names) =>
        names.IsEmpty ? "nothing" : PeerText.Escape(Encoding.ASCII.GetBytes(string.Join(',', names)));
}

using System.Collections.Immutable;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class NegotiationTests
{
    private static readonly KexInit Ours = KexInit.Create(AlgorithmPreferences.Default, isServer: false, isFirst: true);
    private static readonly KexInit OurServer = KexInit.Create(AlgorithmPreferences.Default, isServer: true, isFirst: true);

    /// <summary>What known clients offer, abridged, and what comes of it with our server (ssh, section 2.2).</summary>
    public static TheoryData<string, string, string, string, string, string> Clients => new()
    {
        {
            "OpenSSH 9.2",
            "sntrup761x25519-sha512,curve25519-sha256,curve25519-sha256@libssh.org,ext-info-c,kex-strict-c-v00@openssh.com",
            "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512",
            "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com",
            "umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha1",
            "sntrup761x25519-sha512 ssh-ed25519 chacha20-poly1305@openssh.com "
        },
        {
            "OpenSSH 10.5",
            "mlkem768x25519-sha256,curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com",
            "ssh-ed25519,ecdsa-sha2-nistp256",
            "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes128-ctr",
            "umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com",
            "mlkem768x25519-sha256 ssh-ed25519 chacha20-poly1305@openssh.com "
        },
        {
            "dropbear 2022.83",
            "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp521,kexguess2@matt.ucc.asn.au,kex-strict-c-v00@openssh.com",
            "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-256,ssh-rsa",
            "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr",
            "hmac-sha1,hmac-sha2-256",
            "curve25519-sha256 ssh-ed25519 chacha20-poly1305@openssh.com "
        },
        {
            "PuTTY 0.78",
            "sntrup761x25519-sha512@openssh.com,curve448-sha512,curve25519-sha256,ecdh-sha2-nistp256,ext-info-c",
            "ssh-ed448,ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512",
            "aes256-ctr,aes256-cbc,aes192-ctr,chacha20-poly1305@openssh.com",
            "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-sha2-256-etm@openssh.com",
            "sntrup761x25519-sha512@openssh.com ssh-ed25519 aes256-ctr hmac-sha2-256"
        },
        {
            "gost 2.8.1",
            "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha1",
            "ssh-rsa-cert-v01@openssh.com,ecdsa-sha2-nistp256,ssh-rsa,ssh-ed25519",
            "aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr",
            "hmac-sha2-256-etm@openssh.com,hmac-sha2-256",
            "curve25519-sha256@libssh.org ecdsa-sha2-nistp256 aes128-gcm@openssh.com "
        },
    };

    /// <summary>What known servers offer, and what our client takes of it.</summary>
    public static TheoryData<string, string, string, string, string, string> Servers => new()
    {
        {
            "dropbear 2022.83",
            "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp521,ecdh-sha2-nistp256,kexguess2@matt.ucc.asn.au",
            "rsa-sha2-256,ssh-rsa,ecdsa-sha2-nistp256",
            "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr",
            "hmac-sha1,hmac-sha2-256",
            "curve25519-sha256 ecdsa-sha2-nistp256 chacha20-poly1305@openssh.com "
        },
        {
            "without AEAD",
            "diffie-hellman-group14-sha256,ecdh-sha2-nistp384",
            "rsa-sha2-256,rsa-sha2-512",
            "aes128-ctr,aes192-ctr,aes256-ctr",
            "hmac-sha1,hmac-sha2-512,hmac-sha2-256",
            "ecdh-sha2-nistp384 rsa-sha2-512 aes256-ctr hmac-sha2-256"
        },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void Client_Known_AgreesWithOurServer(string peer, string kex, string hostKeys, string ciphers, string macs, string expected) =>
        Assert.Equal((peer, expected), (peer, Show(Negotiation.Choose(Offer(kex, hostKeys, ciphers, macs), OurServer))));

    [Theory]
    [MemberData(nameof(Servers))]
    public void Server_Known_AgreesWithOurClient(string peer, string kex, string hostKeys, string ciphers, string macs, string expected) =>
        Assert.Equal((peer, expected), (peer, Show(Negotiation.Choose(Ours, Offer(kex, hostKeys, ciphers, macs)))));

    [Fact]
    public void Server_OfGost281_NeedsWhatIsLegacy()
    {
        KexInit gost = Offer(
            "curve25519-sha256@libssh.org,ecdh-sha2-nistp256", "ssh-rsa", "aes128-gcm@openssh.com,aes128-ctr", "hmac-sha2-256");

        Assert.Throws<SshException>(() => Negotiation.Choose(Ours, gost));
        KexInit legacy = KexInit.Create(AlgorithmPreferences.Default.WithLegacy(), isServer: false, isFirst: true);
        Assert.Equal("curve25519-sha256@libssh.org ssh-rsa aes128-gcm@openssh.com ", Show(Negotiation.Choose(legacy, gost)));
    }

    [Fact]
    public void Preferences_ByDefault_AreOfferedInTheirOrder()
    {
        AlgorithmPreferences preferences = AlgorithmPreferences.Default;

        Assert.Equal(
            "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
            + "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
            + "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256",
            Join(preferences.Kex));
        Assert.Equal($"{Join(preferences.Kex)},diffie-hellman-group14-sha1", Join(preferences.WithLegacy().Kex));
        Assert.Equal($"{Join(preferences.HostKeys)},ssh-rsa", Join(preferences.WithLegacy().HostKeys));
        Assert.Equal($"{Join(preferences.Macs)},hmac-sha1", Join(preferences.WithLegacy().WithLegacy().Macs));
        Assert.Equal(Join(KeyExchangeMethods.Names), Join(preferences.WithLegacy().Kex));
    }

    [Fact]
    public void HostKeys_OfKnownTypes_ComeFirst() => Assert.Equal(
        "ecdsa-sha2-nistp384,rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp521",
        Join(AlgorithmPreferences.Default.WithHostKeysFirst(["ssh-rsa", "ecdsa-sha2-nistp384"]).HostKeys));

    [Fact]
    public void Directions_MayDiffer()
    {
        KexInit client = Ours with
        {
            CiphersToServer = ["aes128-ctr"],
            MacsToServer = ["hmac-sha2-512"],
            MacsToClient = ["unknown"],
        };

        NegotiatedAlgorithms chosen = Negotiation.Choose(client, OurServer);

        Assert.Equal(("aes128-ctr", "hmac-sha2-512"), (chosen.CipherToServer, chosen.MacToServer));
        Assert.Equal(("aes128-gcm@openssh.com", null), (chosen.CipherToClient, chosen.MacToClient));
    }

    [Theory]
    [InlineData("ext-info-c")]
    [InlineData("ext-info-s")]
    [InlineData("kex-strict-c-v00@openssh.com")]
    [InlineData("kex-strict-s-v00@openssh.com")]
    [InlineData("kexguess2@matt.ucc.asn.au")]
    public void PseudoName_ThatBothHave_IsNotChosen(string name)
    {
        KexInit client = Ours with { Kex = [name, "curve25519-sha256"] };

        Assert.Equal("curve25519-sha256", Negotiation.Choose(client, client).Kex);
        Assert.Throws<SshException>(() => Negotiation.Choose(client, client with { Kex = [name] }));
    }

    [Fact]
    public void Strict_NeedsTheNamesOfBothSides()
    {
        KexInit without = Ours with { Kex = ["curve25519-sha256", "kex-strict-s-v00@openssh.com"] };

        Assert.True(Negotiation.IsStrict(Ours, OurServer));
        Assert.False(Negotiation.IsStrict(without, OurServer));
        Assert.False(Negotiation.IsStrict(Ours, Ours));
    }

    public static TheoryData<string> Lists => ["Kex", "HostKeys", "Ciphers", "Macs", "Compressions"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void List_WithNothingInCommon_EndsTheExchangeAndSaysBothOffers(string list)
    {
        KexInit client = With(Ours, list, "first\u001b", "second");
        KexInit server = With(OurServer, list, "third");

        SshException thrown = Assert.Throws<SshException>(() => Negotiation.Choose(client, server));

        Assert.Equal(DisconnectReason.KeyExchangeFailed, thrown.Reason);
        Assert.Contains("first\\x1b,second", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("third", thrown.Message, StringComparison.Ordinal);
        thrown = Assert.Throws<SshException>(() => Negotiation.Choose(client, With(server, list)));
        Assert.EndsWith("the server offers nothing.", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "a", "x", false)]
    [InlineData(true, "curve25519-sha256", "ssh-ed25519", false)]
    [InlineData(true, "a", "ssh-ed25519", true)]
    [InlineData(true, "curve25519-sha256", "x", true)]
    [InlineData(true, "ecdh-sha2-nistp256", "ssh-ed25519", true)]
    public void Guess_IsRightIfBothFirstNamesAreTheSame(bool follows, string kex, string hostKey, bool isWrong)
    {
        KexInit server = OurServer with { Kex = ["curve25519-sha256", "ecdh-sha2-nistp256"], HostKeys = ["ssh-ed25519"] };
        KexInit client = Ours with
        {
            Kex = [kex, "curve25519-sha256"],
            HostKeys = [hostKey, "ssh-ed25519"],
            FirstKexPacketFollows = follows,
        };

        NegotiatedAlgorithms chosen = Negotiation.Choose(client, server);
        Assert.Equal((isWrong, false), (chosen.IsClientGuessWrong, chosen.IsServerGuessWrong));

        chosen = Negotiation.Choose(client with { FirstKexPacketFollows = false }, server with { FirstKexPacketFollows = follows });
        Assert.Equal((false, isWrong), (chosen.IsClientGuessWrong, chosen.IsServerGuessWrong));
    }

    private static string Show(NegotiatedAlgorithms chosen)
    {
        Assert.Equal((chosen.CipherToServer, chosen.MacToServer), (chosen.CipherToClient, chosen.MacToClient));
        return $"{chosen.Kex} {chosen.HostKey} {chosen.CipherToServer} {chosen.MacToServer}";
    }

    private static KexInit With(KexInit offer, string list, params ImmutableArray<string> names) => list switch
    {
        "Kex" => offer with { Kex = names },
        "HostKeys" => offer with { HostKeys = names },
        "Ciphers" => offer with { CiphersToServer = names },
        "Macs" => offer with { CiphersToClient = ["aes128-ctr"], MacsToClient = names },
        _ => offer with { CompressionsToClient = names },
    };

    private static KexInit Offer(string kex, string hostKeys, string ciphers, string macs) => Ours with
    {
        Kex = [.. kex.Split(',')],
        HostKeys = [.. hostKeys.Split(',')],
        CiphersToServer = [.. ciphers.Split(',')],
        CiphersToClient = [.. ciphers.Split(',')],
        MacsToServer = [.. macs.Split(',')],
        MacsToClient = [.. macs.Split(',')],
        CompressionsToServer = ["zlib@openssh.com", "none"],
    };

    private static string Join(ImmutableArray<string> names) => string.Join(',', names);
}

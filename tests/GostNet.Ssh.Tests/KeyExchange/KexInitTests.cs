using System.Collections.Immutable;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class KexInitTests
{
    private static readonly KexInit Offer = KexInit.Create(AlgorithmPreferences.Default, isServer: false, isFirst: true);

    [Fact]
    public void Offer_WrittenAndReadBack_IsTheSame()
    {
        byte[] payload = (Offer with { FirstKexPacketFollows = true, LanguagesToClient = ["de", "en"] }).Write();

        Assert.True(KexInit.TryRead(payload, out KexInit? read));

        Assert.Equal(payload, read.Write());
        Assert.Equal(Offer.Cookie.AsSpan(), read.Cookie.AsSpan());
        Assert.Equal(Join(Offer.Kex), Join(read.Kex));
        Assert.Equal(Join(Offer.HostKeys), Join(read.HostKeys));
        Assert.Equal(Join(Offer.CiphersToServer), Join(read.CiphersToServer));
        Assert.Equal(Join(Offer.MacsToClient), Join(read.MacsToClient));
        Assert.Equal("none", Join(read.CompressionsToServer));
        Assert.Equal("de,en", Join(read.LanguagesToClient));
        Assert.True(read.FirstKexPacketFollows);
    }

    [Fact]
    public void Offers_OfOneSide_DifferInTheirCookie() =>
        Assert.NotEqual(
            Offer.Cookie.ToArray(), KexInit.Create(AlgorithmPreferences.Default, isServer: false, isFirst: true).Cookie.ToArray());

    [Theory]
    [InlineData(false, "ext-info-c", "kex-strict-c-v00@openssh.com")]
    [InlineData(true, "ext-info-s", "kex-strict-s-v00@openssh.com")]
    public void Offer_TheFirstOfAConnection_SaysWhatElseItsSideKnows(bool isServer, string extInfo, string strict)
    {
        KexInit first = KexInit.Create(AlgorithmPreferences.Default, isServer, isFirst: true);
        KexInit later = KexInit.Create(AlgorithmPreferences.Default, isServer, isFirst: false);

        Assert.Equal($"{Join(AlgorithmPreferences.Default.Kex)},{extInfo},{strict}", Join(first.Kex));
        Assert.Equal(Join(AlgorithmPreferences.Default.Kex), Join(later.Kex));
        Assert.True(Negotiation.TakesExtInfo(first, isServer));
        Assert.False(Negotiation.TakesExtInfo(first, !isServer));
        Assert.False(Negotiation.TakesExtInfo(later, isServer));
    }

    [Fact]
    public void Payload_CutShortAnywhere_IsNotRead()
    {
        byte[] payload = Offer.Write();
        for (int length = 0; length < payload.Length; length++)
        {
            Assert.False(KexInit.TryRead(payload.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Payload_WithTrailingBytes_IsRead() => Assert.True(KexInit.TryRead([.. Offer.Write(), 1, 2, 3], out _));

    [Fact]
    public void Payload_OfAnotherMessage_IsNotRead() => Assert.False(KexInit.TryRead([21, .. Offer.Write()[1..]], out _));

    [Theory]
    [InlineData(KexInit.MaxListSize, true)]
    [InlineData(KexInit.MaxListSize + 1, false)]
    [InlineData(32 * 1024, false)]
    public void List_IsReadUpToItsLimit(int size, bool expected) =>
        Assert.Equal(expected, KexInit.TryRead((Offer with { Kex = [new('x', size)] }).Write(), out _));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("a b")]
    [InlineData("\u001b[31m")]
    [InlineData("ä")]
    public void Name_ThatIsNotVisibleAscii_IsNotRead(string name) =>
        Assert.False(KexInit.TryRead((Offer with { HostKeys = ["ssh-ed25519", name] }).Write(), out _));

    [Fact]
    public void Lists_EmptyOrWithEmptyNames_AreRead()
    {
        KexInit odd = Offer with { Kex = [], HostKeys = ["", "a", "", "b", ""] };

        Assert.True(KexInit.TryRead(odd.Write(), out KexInit? read));

        Assert.Empty(read.Kex);
        Assert.Equal("a,b", Join(read.HostKeys));
    }

    /// <summary>As many as fit.</summary>
    [Fact]
    public void Names_ByTheThousand_AreComparedAndNotAllShown()
    {
        KexInit client = Offer with { Kex = Names('a') };
        KexInit server = Offer with { Kex = Names('b') };
        Assert.True(KexInit.TryRead(client.Write(), out KexInit? read));
        Assert.Equal(2000, read.Kex.Length);

        SshException thrown = Assert.Throws<SshException>(() => Negotiation.Choose(read, server));

        Assert.InRange(thrown.Message.Length, 2 * PeerText.MaxLength, 3 * PeerText.MaxLength);
        client = client with { Kex = client.Kex.Add("last") };
        Assert.Equal("last", Negotiation.Choose(client, server with { Kex = server.Kex.Add("last") }).Kex);
    }

    [Fact]
    public void Names_Twice_DoNotMatter()
    {
        KexInit client = Offer with { Kex = ["curve25519-sha256", "curve25519-sha256"], HostKeys = ["x", "x", "ssh-ed25519"] };

        NegotiatedAlgorithms chosen = Negotiation.Choose(client, Offer);

        Assert.Equal("curve25519-sha256", chosen.Kex);
        Assert.Equal("ssh-ed25519", chosen.HostKey);
    }

    private static ImmutableArray<string> Names(char first) =>
        [.. Enumerable.Range(0, 2000).Select(i => new string([first, (char)('0' + (i / 64)), (char)('0' + (i % 64))]))];

    private static string Join(ImmutableArray<string> names) => string.Join(',', names);
}

using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

public sealed class PinnedHostKeyPolicyTests
{
    private static readonly SshPublicKey Key = TestKeys.Public("ed25519");
    private static readonly string Fingerprint = KeyFingerprint.Sha256(Key.Blob.Span);
    private static readonly string Other = KeyFingerprint.Sha256(TestKeys.Blob("rsa3072"));

    [Fact]
    public void Verify_OfAPinnedKey_TakesIt()
    {
        new PinnedHostKeyPolicy(Fingerprint).Verify(Key, null);
        new PinnedHostKeyPolicy(Other, Fingerprint).Verify(Key, null);
        new PinnedHostKeyPolicy("sha256:" + Fingerprint["SHA256:".Length..] + "=").Verify(Key, null);
    }

    [Fact]
    public void Verify_OfAnotherKey_RefusesAndNamesBoth()
    {
        SshException e = Assert.Throws<SshException>(() => new PinnedHostKeyPolicy(Other).Verify(Key, null));

        Assert.Equal((DisconnectReason.HostKeyNotVerifiable, ForwardError.CertificateRejected), (e.Reason, e.Error));
        Assert.Contains($"ssh-ed25519 {Fingerprint}, and host_key allows {Other}.", e.Message, StringComparison.Ordinal);
        Assert.Contains($"write host_key={Fingerprint}.", e.Message, StringComparison.Ordinal);
        Assert.Contains("GOST 2.8.1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SHA256:")]
    [InlineData("SHA256:abc")]
    [InlineData("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48")]
    [InlineData("nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8")]
    [InlineData("SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8A")]
    [InlineData("SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5S 8")]
    public void Constructor_WithNoFingerprint_Refuses(string fingerprint)
    {
        var e = Assert.Throws<FormatException>(() => new PinnedHostKeyPolicy(Fingerprint, fingerprint));
        Assert.Contains($"'{fingerprint}' is not the fingerprint of a key; write SHA256:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_WithNothing_Refuses() => Assert.Throws<FormatException>(() => new PinnedHostKeyPolicy());

    [Fact]
    public void Verify_ByAcceptAny_WarnsEachTime()
    {
        var logs = new RecordingLoggerFactory();
        var policy = new AcceptAnyHostKeyPolicy("host:22", logs.CreateLogger("x"));

        policy.Verify(Key, null);
        policy.Verify(TestKeys.Public("rsa3072"), null);

        Assert.Empty(policy.KnownTypes);
        Assert.Equal([Fingerprint, Other], logs.WithId(TrustLog.HostNotVerifiedId).Select(entry => entry.Values["Fingerprint"]));
    }
}

using GostNet.Protocols.Shadowsocks;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksMethodsTests
{
    [Theory]
    [InlineData("AES-128-GCM", "aes-128-gcm")]
    [InlineData("AEAD_AES_128_GCM", "aes-128-gcm")]
    [InlineData("aead_aes_192_gcm", "aes-192-gcm")]
    [InlineData("AEAD_AES_256_GCM", "aes-256-gcm")]
    [InlineData("AEAD_CHACHA20_POLY1305", "chacha20-ietf-poly1305")]
    [InlineData("ChaCha20", "chacha20")]
    [InlineData("RC4-MD5", "rc4-md5")]
    public void Find_AnyNameInAnyCase_FindsTheMethod(string name, string expected) =>
        Assert.Equal(expected, ShadowsocksMethods.Find(name).Name);

    [Theory]
    [InlineData("", "is not a Shadowsocks method")]
    [InlineData("aes-256", "is not a Shadowsocks method")]
    [InlineData("table", "is not a Shadowsocks method")]
    [InlineData("dummy", "encrypts nothing")]
    [InlineData("none", "encrypts nothing")]
    [InlineData("aes-256-cfb-auth", "one-time authentication")]
    public void Find_NoSuchName_SaysWhyAndWhatThereIs(string name, string why)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => ShadowsocksMethods.Find(name));
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
        Assert.Contains("chacha20-ietf-poly1305, aes-128-gcm", problem.Message, StringComparison.Ordinal);
        Assert.Contains("des-cfb", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Create_WithoutAPassword_IsRefused(string? password) => Assert.Contains(
        "password", Assert.Throws<ArgumentException>(() => ShadowsocksKey.Create("aes-128-gcm", password)).Message, StringComparison.Ordinal);

    [Fact]
    public void IsWeak_IsTrueOfTheStreamCiphersAlone() => Assert.Equal(
        ["chacha20-ietf-poly1305", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm"],
        ShadowsocksMethods.All.Where(method => !method.IsWeak).Select(method => method.Name));

    [Fact]
    public void Options_ByDefault_HaveAGoodMethodAndNoPassword()
    {
        Assert.False(ShadowsocksMethods.Find(new ShadowsocksProxyOptions().Method).IsWeak);
        Assert.Null(new ShadowsocksProxyOptions().Password);
        Assert.Equal(new ShadowsocksProxyOptions().Method, new ShadowsocksServerOptions().Method);
        Assert.Null(new ShadowsocksServerOptions().Password);
    }
}

using System.Text.Json;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class Curve25519KeyExchangeTests
{
    [Fact]
    public void Exchange_OfRecordedKeys_GivesTheRecordedValuesAndSecret()
    {
        JsonElement vector = KexVectors.Root.GetProperty("curve25519");
        using var client = new Curve25519KeyExchange(new(vector.Bytes("client_private")));
        using var server = new Curve25519KeyExchange(new(vector.Bytes("server_private")));

        byte[] clientValue = client.Start();
        (byte[] serverValue, byte[] serverSecret) = server.Respond(clientValue);
        byte[] clientSecret = client.Finish(serverValue);

        Assert.Equal(vector.Bytes("client_public"), clientValue);
        Assert.Equal(vector.Bytes("server_public"), serverValue);
        Assert.Equal(vector.Bytes("k_encoded"), serverSecret);
        Assert.Equal(vector.Bytes("k_encoded"), clientSecret);
    }

    [Fact]
    public void Secret_WithAHighBitOrALeadingZero_IsEncodedAsAnMpint()
    {
        JsonElement edges = KexVectors.Root.GetProperty("curve25519_mpint_edges");
        Assert.NotEqual(0, edges.GetArrayLength());
        foreach (JsonElement edge in edges.EnumerateArray())
        {
            using var client = new Curve25519KeyExchange(new(edge.Bytes("client_private")));

            Assert.Equal(edge.Bytes("k_encoded"), client.Finish(edge.Bytes("server_public")));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(1 << 20)]
    public void PeerKey_OfAnotherLength_IsRefused(int length) => AssertRefused(Enumerable.Repeat((byte)9, length).ToArray());

    /// <summary>All that there are, in every form that 32 bytes allow; the top bit does not count.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void PeerKey_OfSmallOrder_IsRefused(string key) => AssertRefused(Convert.FromHexString(key));

    private static void AssertRefused(byte[] value)
    {
        using var client = new Curve25519KeyExchange();
        using var server = new Curve25519KeyExchange();

        Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => client.Finish(value)).Reason);
        Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => server.Respond(value)).Reason);
    }
}

using System.Text.Json;
using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Tests.Keys;

public sealed class BcryptPbkdfTests
{
    [Fact]
    public void Key_OfAPassphrase_IsTheOneThatOpenSshDerives()
    {
        foreach (JsonElement expected in TestKeys.ReadJson("bcrypt_pbkdf.json").GetProperty("cases").EnumerateArray())
        {
            byte[] key = new byte[expected.GetProperty("key_length").GetInt32()];

            BcryptPbkdf.Derive(
                Convert.FromHexString(expected.GetProperty("password_hex").GetString()!),
                Convert.FromHexString(expected.GetProperty("salt_hex").GetString()!),
                expected.GetProperty("rounds").GetInt32(),
                key);

            Assert.Equal(expected.GetProperty("key_hex").GetString(), Convert.ToHexStringLower(key));
        }
    }
}

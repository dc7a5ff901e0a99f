using System.Text;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Keys;

public sealed class SshPrivateKeyFileTests
{
    public static TheoryData<string> Files { get; } = [.. TestKeys.Files.Select(file => file.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_OfEveryFormat_GivesTheKeyThatSignsAsItsWriterDid(string file)
    {
        (_, string name, string? passphrase) = TestKeys.Files.Single(known => known.File == file);
        using SshPrivateKey key = SshPrivateKeyFile.Load(TestKeys.PathOf(file), passphrase, out _);

        Assert.Equal(TestKeys.Blob(name), key.PublicKey.Blob.ToArray());
        Assert.Equal(TestKeys.PathOf(file), key.Name);
        foreach ((string algorithm, bool isDeterministic, byte[] expected) in TestKeys.Signatures(name))
        {
            byte[] signature = await key.SignAsync(algorithm, TestKeys.Message, CancellationToken.None);

            Assert.True(key.PublicKey.Verify(algorithm, TestKeys.Message, signature));
            Assert.True(!isDeterministic || signature.AsSpan().SequenceEqual(expected));
        }
    }
}

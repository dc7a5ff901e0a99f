using System.Net;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

public sealed class KnownHostsPolicyTests : IDisposable
{
    private static readonly SshPublicKey Key = TestKeys.Public("ed25519");
    private static readonly SshPublicKey Other = TestKeys.Public("ecdsa256");
    private static readonly string Fingerprint = KeyFingerprint.Sha256(Key.Blob.Span);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly RecordingLoggerFactory _logs = new();
    private readonly TempFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("host", 22, "host KEY")]
    [InlineData("HOST", 22, "host KEY")]
    [InlineData("host", 2222, "[host]:2222 KEY")]
    [InlineData("host", 2222, "host KEY")]
    [InlineData("host", 2222, "[host]:2222 OTHER\n[host]:2222 KEY")]
    [InlineData("host", 2222, "host OTHER\n[host]:2222 KEY")]
    [InlineData("[2001:db8::1]", 2222, "[2001:db8::1]:2222 KEY")]
    [InlineData("2001:DB8::1", 22, "2001:db8::1 KEY")]
    [InlineData("host", 22, "@revoked host OTHER\nhost KEY")]
    [InlineData("host", 22, "@cert-authority * OTHER\nhost KEY")]
    public void Verify_OfAListedKey_TakesItAtEveryLevel(string host, int port, string file)
    {
        Write(file);
        foreach (HostKeyCheck check in Enum.GetValues<HostKeyCheck>())
        {
            Policy(check, host, port).Verify(Key, Address);
        }

        Assert.DoesNotContain(_logs.Entries, entry => entry.Id.Id != TrustLog.HostFoundWithoutPortId);
        Assert.Equal(Expand(file), File.ReadAllText(_file.Path));
    }

    [Theory]
    [InlineData("host", 22, "host OTHER", 1)]
    [InlineData("host", 2222, "# comment\n[host]:2222 OTHER", 2)]
    [InlineData("host", 2222, "[host]:2222 OTHER\nhost KEY", 1)]
    [InlineData("host", 22, "host sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t", 1)]
    public void Verify_OfAnotherKeyThanListed_RefusesAtEveryLevel(string host, int port, string file, int line)
    {
        Write(file);
        foreach (HostKeyCheck check in Enum.GetValues<HostKeyCheck>())
        {
            SshException e = Assert.Throws<SshException>(() => Policy(check, host, port).Verify(Key, Address));
            Assert.Equal((DisconnectReason.HostKeyNotVerifiable, ForwardError.CertificateRejected), (e.Reason, e.Error));
            Assert.Contains($"has changed, or somebody sits in between: {_file.Path}:{line} has ", e.Message, StringComparison.Ordinal);
            Assert.Contains($"it shows ssh-ed25519 {Fingerprint}", e.Message, StringComparison.Ordinal);
            Assert.Contains($"host_key={Fingerprint}", e.Message, StringComparison.Ordinal);
            Assert.Contains("GOST 2.8.1", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Expand(file), File.ReadAllText(_file.Path));
    }

    [Theory]
    [InlineData("host", 22, "host KEY\n@revoked host KEY", 2)]
    [InlineData("host", 22, "host KEY\n@revoked * KEY", 2)]
    [InlineData("host", 2222, "[host]:2222 KEY\n@revoked host KEY", 2)]
    [InlineData("host", 22, "@revoked 192.0.2.1 KEY\nhost KEY", 1)]
    [InlineData("host", 22, "@revoked host KEY", 1)]
    public void Verify_OfARevokedKey_RefusesAtEveryLevel(string host, int port, string file, int line)
    {
        Write(file);
        foreach (HostKeyCheck check in Enum.GetValues<HostKeyCheck>())
        {
            SshException e = Assert.Throws<SshException>(() => Policy(check, host, port).Verify(Key, Address));
            Assert.Contains($"a key that {_file.Path}:{line} revokes: ssh-ed25519 {Fingerprint}", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("other KEY\n[host]:2222 KEY")]
    [InlineData("host ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZN2jpDVlq8W8pUEbxGT/UJYTv4khSls6w6")]
    [InlineData(null)]
    public void Verify_OfAnUnknownHost_RefusesAndSaysHowToAccept(string? file)
    {
        Write(file);

        SshException e = Assert.Throws<SshException>(() => Policy(HostKeyCheck.Strict).Verify(Key, Address));
        Assert.Contains(
            $"ssh-ed25519 {Fingerprint}, and it is not in {_file.Path}, {_file.Path}.global.", e.Message, StringComparison.Ordinal);
        Assert.Contains($"write host_key={Fingerprint}, or add the key to {_file.Path}.", e.Message, StringComparison.Ordinal);
        Assert.Contains("GOST 2.8.1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@cert-authority * OTHER", "host", 22)]
    [InlineData("@cert-authority host KEY", "host", 2222)]
    public void Verify_OfAHostKnownByAnAuthority_SaysThatCertificatesAreNotSupported(string file, string host, int port)
    {
        Write(file);

        SshException e = Assert.Throws<SshException>(() => Policy(HostKeyCheck.Strict, host, port).Verify(Key, Address));
        Assert.Contains($"{_file.Path}:1, and certificates are not supported", e.Message, StringComparison.Ordinal);
        Assert.Throws<SshException>(() => Policy(HostKeyCheck.AcceptNew, host, port).Verify(Key, Address));
    }

    [Fact]
    public void Verify_OfAnUnknownHostWithoutCheck_WarnsAndWritesNothing()
    {
        Policy(HostKeyCheck.None).Verify(Key, null);

        Assert.Contains(Fingerprint, Assert.Single(_logs.WithId(TrustLog.HostNotVerifiedId)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_file.Path));
    }

    [Fact]
    public void Verify_OfANewHost_WritesItDownAndKnowsItThen()
    {
        KnownHostsPolicy policy = Policy(HostKeyCheck.AcceptNew, "Host", 2222);
        Assert.Empty(policy.KnownTypes);

        policy.Verify(Key, Address);
        policy.Verify(Key, Address);

        Assert.Equal(Expand("[host]:2222 KEY\n"), File.ReadAllText(_file.Path));
        Assert.Single(_logs.WithId(TrustLog.HostAddedId));
        Assert.Equal([Key.Type], policy.KnownTypes);
        Assert.Throws<SshException>(() => policy.Verify(Other, Address));
        Policy(HostKeyCheck.Strict, "host", 2222).Verify(Key, Address);
    }

    [Fact]
    public void Verify_OfANewHostMetByManyAtOnce_WritesOneKey()
    {
        var policies = Enumerable.Range(0, 8).Select(i => (Policy: Policy(HostKeyCheck.AcceptNew), Key: i % 2 == 0 ? Key : Other)).ToArray();

        bool[] taken = [.. policies.AsParallel().Select(one => Record.Exception(() => one.Policy.Verify(one.Key, null)) is null)];

        Assert.Equal(4, taken.Count(isTaken => isTaken));
        Assert.Single(File.ReadAllLines(_file.Path));
    }

    /// <summary>A file in the way of the directory: no one can write there, not even root.</summary>
    [Fact]
    public void Verify_OfANewHostThatCannotBeWritten_KnowsItAsLongAsItLives()
    {
        _file.Write("");
        string inFile = Path.Combine(_file.Path, "known_hosts");
        var policy = new KnownHostsPolicy([inFile], "host", 22, HostKeyCheck.AcceptNew, _logs.CreateLogger("x"));

        policy.Verify(Key, null);
        policy.Verify(Key, null);

        Assert.Single(_logs.WithId(TrustLog.HostNotAddedId));
        Assert.Equal([Key.Type], policy.KnownTypes);
        SshException e = Assert.Throws<SshException>(() => policy.Verify(Other, null));
        Assert.Contains("it was ssh-ed25519 " + Fingerprint, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# comment\nhost KEY", null)]
    [InlineData("host2 KEY", "is not known")]
    [InlineData("host KEY\n@revoked host KEY", "revokes")]
    [InlineData("", "is not known")]
    public void Verify_AfterAChangeOfTheFile_GoesByTheNewOne(string after, string? refusal)
    {
        Write("host KEY");
        KnownHostsPolicy policy = Policy(HostKeyCheck.Strict);
        policy.Verify(Key, Address);
        Assert.Equal([Key.Type], policy.KnownTypes);

        Write(after);
        Exception? e = Record.Exception(() => policy.Verify(Key, Address));

        Assert.Equal(refusal is null, e is null);
        Assert.Contains(refusal ?? "", e?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal == "is not known", policy.KnownTypes.Count == 0);
    }

    [Fact]
    public void Verify_AtAnAddressWithAnotherKey_WarnsAlone()
    {
        Write("host KEY\n192.0.2.1 OTHER");

        Policy(HostKeyCheck.Strict).Verify(Key, IPAddress.Parse("::ffff:192.0.2.1"));

        LogEntry warning = Assert.Single(_logs.WithId(TrustLog.AddressDiffersId));
        Assert.Contains($"{_file.Path}:2 has another key", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WithAFileThatCannotBeRead_RefusesUnlessNothingIsChecked()
    {
        string directory = Path.GetDirectoryName(_file.Path)!;

        var strict = new KnownHostsPolicy([directory], "host", 22, HostKeyCheck.Strict, _logs.CreateLogger("x"));
        Assert.Empty(strict.KnownTypes);
        SshException e = Assert.Throws<SshException>(() => strict.Verify(Key, null));
        Assert.Contains($"{directory} cannot be read", e.Message, StringComparison.Ordinal);

        new KnownHostsPolicy([directory], "host", 22, HostKeyCheck.None, _logs.CreateLogger("x")).Verify(Key, null);
        Assert.Single(_logs.WithId(TrustLog.KnownHostsNotReadId));
        Assert.Single(_logs.WithId(TrustLog.HostNotVerifiedId));
    }

    [Fact]
    public void KnownTypes_OfSeveralFilesAndKeys_AreAllOfTheName()
    {
        Write("host OTHER\n@revoked host RSA\nhost KEY\nhost KEY\nhost2 RSA");
        File.WriteAllText(_file.Path + ".global", Expand("host RSA"));

        Assert.Equal([Other.Type, Key.Type, "ssh-rsa"], Policy(HostKeyCheck.Strict).KnownTypes);
        Assert.Equal([Other.Type, Key.Type, "ssh-rsa"], Policy(HostKeyCheck.Strict, "host", 2222).KnownTypes);
        Assert.Equal(["ssh-rsa"], Policy(HostKeyCheck.Strict, "host2").KnownTypes);
        Assert.Empty(Policy(HostKeyCheck.Strict, "host3").KnownTypes);
    }

    private static string Expand(string file) => file
        .Replace("KEY", Text(Key), StringComparison.Ordinal)
        .Replace("OTHER", Text(Other), StringComparison.Ordinal)
        .Replace("RSA", Text(TestKeys.Public("rsa3072")), StringComparison.Ordinal);

    private static string Text(SshPublicKey key) => $"{key.Type} {Convert.ToBase64String(key.Blob.Span)}";

    private KnownHostsPolicy Policy(HostKeyCheck check, string host = "host", int port = 22) =>
        new([_file.Path, _file.Path + ".global"], host, port, check, _logs.CreateLogger("x"));

    private void Write(string? file)
    {
        if (file is not null)
        {
            _file.Write(Expand(file));
        }
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Keys;

public sealed class SshAgentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string SocketPath => Path.Combine(_folder, "agent");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keys_OfAnAgent_AreThoseOfTypesThatAreSupported()
    {
        SshWriter answer = SshWriter.Message(12).UInt32(7);
        foreach (string name in TestKeys.Names)
        {
            answer.String(TestKeys.Blob(name)).Text($"of {name}\u001b[2J");
        }

        answer.String(new SshWriter().Text("ssh-ed25519-cert-v01@openssh.com").String(new byte[32]).Written).Text("a certificate");
        answer.String(default).Text("");
        Task<byte[]> asked = AnswerOnceAsync(Frame(answer));

        IReadOnlyList<ISshSigner> keys = await new SshAgent(SocketPath).GetKeysAsync(CancellationToken.None).OrFail();

        Assert.Equal([11], await asked.OrFail());
        Assert.Equal(TestKeys.Names.Select(TestKeys.Blob), keys.Select(key => key.PublicKey.Blob.ToArray()));
        Assert.Equal(TestKeys.Names.Select(name => $"of {name}\\x1b[2J"), keys.Select(key => key.Name));
    }

    [Theory]
    [InlineData("ed25519", "ssh-ed25519", 0)]
    [InlineData("rsa3072", "rsa-sha2-256", 2)]
    [InlineData("rsa3072", "rsa-sha2-512", 4)]
    public async Task Signature_OfAnAgent_IsAskedForByFlags(string name, string algorithm, byte expectedFlags)
    {
        byte[] signature = TestKeys.Signatures(name).Single(known => known.Algorithm == algorithm).Signature;
        Task<byte[]> asked = AnswerOnceAsync(Frame(SshWriter.Message(14).String(signature)));

        byte[] given = await Signer(name).SignAsync(algorithm, TestKeys.Message, CancellationToken.None).OrFail();

        Assert.Equal(signature, given);
        Assert.Equal(
            SshWriter.Message(13).String(TestKeys.Blob(name)).String(TestKeys.Message).UInt32(expectedFlags).ToArray(),
            await asked.OrFail());
    }

    [Fact]
    public async Task Signature_ByAnotherAlgorithmThanWasAskedFor_IsRefused()
    {
        _ = AnswerOnceAsync(Frame(SshWriter.Message(14).String(SshSignature.Write("ssh-rsa", new byte[384]))));

        await AssertFailsAsync(() => Signer("rsa3072").SignAsync("rsa-sha2-512", TestKeys.Message, CancellationToken.None), "rsa-sha2-512");
    }

    [Theory]
    [InlineData("0000000105", "refused")]
    [InlineData("0000000106", "protocol")]
    [InlineData("000000010c", "protocol")]
    [InlineData("000000050c00000001", "protocol")]
    [InlineData("000000060c0000000000", "protocol")]
    [InlineData("000000050c7fffffff", "protocol")]
    [InlineData("000000050c00000801", "protocol")]
    [InlineData("00000000", "0 bytes")]
    [InlineData("00040001", "262145 bytes")]
    [InlineData("ffffffff", "4294967295 bytes")]
    [InlineData("000000", "hung up")]
    [InlineData("000000050c0000", "hung up")]
    [InlineData("", "hung up")]
    public async Task Answer_ThatIsNoList_IsAnError(string answer, string expected)
    {
        _ = AnswerOnceAsync(Convert.FromHexString(answer));

        await AssertFailsAsync(async () => { await new SshAgent(SocketPath).GetKeysAsync(CancellationToken.None); return []; }, expected);
    }

    [Theory]
    [InlineData("0000000105", "refused")]
    [InlineData("000000010e", "protocol")]
    [InlineData("000000050e00000000", "ssh-ed25519")]
    [InlineData("000000060e0000000000", "protocol")]
    public async Task Answer_ThatIsNoSignature_IsAnError(string answer, string expected)
    {
        _ = AnswerOnceAsync(Convert.FromHexString(answer));

        await AssertFailsAsync(() => Signer("ed25519").SignAsync("ssh-ed25519", TestKeys.Message, CancellationToken.None), expected);
    }

    [Fact]
    public async Task Agent_ThatIsNotThere_IsAnErrorThatNamesItsSocket()
    {
        foreach (string path in new[] { SocketPath, "", new string('x', 300) })
        {
            SshKeyException failure = await Assert.ThrowsAsync<SshKeyException>(
                async () => await new SshAgent(path).GetKeysAsync(CancellationToken.None));

            Assert.Equal(SshKeyError.AgentFailed, failure.Error);
            Assert.Contains($"at {path} ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Agent_ThatNeverAnswers_IsLeftWhenTheCallerGivesUp()
    {
        using Socket listener = Listen();
        using var giveUp = new CancellationTokenSource();
        Task<IReadOnlyList<ISshSigner>> keys = new SshAgent(SocketPath).GetKeysAsync(giveUp.Token).AsTask();
        using Socket accepted = await listener.AcceptAsync().OrFail();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keys.OrFail());
    }

    [Fact]
    public void Answers_ThatAreHostile_AreReadOrRefused()
    {
        var random = new Random(4);
        SshWriter list = SshWriter.Message(12).UInt32(2)
            .String(TestKeys.Blob("ed25519")).Text("one").String(TestKeys.Blob("rsa3072")).Text("");
        byte[] signature = SshWriter.Message(14).String(TestKeys.Signatures("ecdsa256").Single().Signature).ToArray();
        byte[] space = new byte[8192];
        int lists = 0;
        int signatures = 0;
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            ReadOnlySpan<byte> answer = Fuzz.Bend(random, [list.ToArray(), signature], space);
            lists += AgentMessages.TryReadIdentities(answer, out var identities) ? 1 : 0;
            signatures += AgentMessages.TryReadSignature(answer, out _) ? 1 : 0;
            Assert.InRange(identities.Count, 0, 2);
        }

        Assert.True(lists > 0 && signatures > 0);
    }

    private static byte[] Frame(SshWriter message) => new SshWriter().String(message.Written).ToArray();

    private static async Task AssertFailsAsync(Func<ValueTask<byte[]>> ask, string expected)
    {
        SshKeyException failure = await Assert.ThrowsAsync<SshKeyException>(() => ask().OrFail());
        Assert.Equal(SshKeyError.AgentFailed, failure.Error);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private AgentKey Signer(string name) => new(new SshAgent(SocketPath), TestKeys.Public(name), name);

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        return listener;
    }

    /// <summary>An agent that gives one answer, whatever it is asked, and hangs up.</summary>
    /// <returns>What it was asked.</returns>
    private Task<byte[]> AnswerOnceAsync(byte[] answer)
    {
        Socket listener = Listen();
        return RunAsync();

        async Task<byte[]> RunAsync()
        {
            using (listener)
            {
                using Socket socket = await listener.AcceptAsync();
                using var stream = new NetworkStream(socket);
                byte[] header = new byte[sizeof(uint)];
                await stream.ReadExactlyAsync(header);
                byte[] question = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
                await stream.ReadExactlyAsync(question);
                await stream.WriteAsync(answer);
                return question;
            }
        }
    }
}

namespace GostNet.Ssh.Keys;

/// <summary>A private key that an agent keeps, and signs by.</summary>
internal sealed class AgentKey(SshAgent agent, SshPublicKey publicKey, string comment) : ISshSigner
{
    public SshPublicKey PublicKey => publicKey;

    public string Name => comment;

    public ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        agent.SignAsync(publicKey, algorithm, data, cancellationToken);
}

namespace GostNet.Ssh.Keys;

/// <summary>A private key: one that is here, or one that an agent keeps.</summary>
internal interface ISshSigner
{
    /// <summary>The other half.</summary>
    SshPublicKey PublicKey { get; }

    /// <summary>What logs call it: the file's name or the comment, never anything secret.</summary>
    string Name { get; }

    /// <summary>Signs.</summary>
    /// <param name="algorithm">One of the public key's <see cref="SshPublicKey.Algorithms"/>.</param>
    /// <param name="data">What is to be signed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The contents of the signature's string: name and raw signature.</returns>
    /// <exception cref="IOException">The agent refused, or is not there.</exception>
    ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}

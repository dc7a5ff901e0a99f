namespace GostNet.Ssh.Keys;

/// <summary>What is wrong with a private key.</summary>
internal enum SshKeyError
{
    /// <summary>The file cannot be read, or a new one not be written.</summary>
    FileUnreadable,

    /// <summary>There is no private key in the file.</summary>
    NotAPrivateKey,

    /// <summary>The key is encrypted, and no passphrase was given.</summary>
    PassphraseNeeded,

    /// <summary>The passphrase is not the key's. Some formats cannot tell that from damage.</summary>
    WrongPassphrase,

    /// <summary>The key is of a type, size, format or cipher that is not supported.</summary>
    Unsupported,

    /// <summary>The key is damaged, or its parts contradict each other.</summary>
    Malformed,

    /// <summary>The agent is not there, does not keep to its protocol, or refused.</summary>
    AgentFailed,
}

namespace GostNet.Ssh.Ciphers;

/// <summary>A MAC by its name.</summary>
/// <param name="Name">The name that is negotiated.</param>
/// <param name="KeySize">Bytes of key.</param>
/// <param name="TagSize">Bytes of MAC.</param>
/// <param name="IsEncryptThenMac">Whether it is over what was encrypted, with the length in the clear.</param>
internal sealed record MacAlgorithm(string Name, int KeySize, int TagSize, bool IsEncryptThenMac);

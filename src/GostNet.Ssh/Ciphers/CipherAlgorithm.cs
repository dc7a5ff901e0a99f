namespace GostNet.Ssh.Ciphers;

/// <summary>A cipher by its name.</summary>
/// <param name="Name">The name that is negotiated.</param>
/// <param name="KeySize">Bytes of key.</param>
/// <param name="IvSize">Bytes of IV; 0 if it takes none.</param>
/// <param name="IsAead">Whether it authenticates by itself, so that the MAC that was negotiated is not used.</param>
internal sealed record CipherAlgorithm(string Name, int KeySize, int IvSize, bool IsAead);

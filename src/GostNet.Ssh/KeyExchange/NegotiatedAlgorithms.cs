namespace GostNet.Ssh.KeyExchange;

/// <summary>What both sides agreed on (RFC 4253, section 7.1).</summary>
/// <param name="Kex">The key exchange method.</param>
/// <param name="HostKey">The signature algorithm of the host key.</param>
/// <param name="CipherToServer">The cipher of what the client sends.</param>
/// <param name="CipherToClient">The cipher of what the server sends.</param>
/// <param name="MacToServer">The MAC of what the client sends; none if the cipher authenticates by itself.</param>
/// <param name="MacToClient">The MAC of what the server sends; none if the cipher authenticates by itself.</param>
/// <param name="IsClientGuessWrong">Whether the client has guessed the method and was wrong: its next packet is to be dropped.</param>
/// <param name="IsServerGuessWrong">Whether the server has guessed the method and was wrong: its next packet is to be dropped.</param>
internal sealed record NegotiatedAlgorithms(
    string Kex,
    string HostKey,
    string CipherToServer,
    string CipherToClient,
    string? MacToServer,
    string? MacToClient,
    bool IsClientGuessWrong,
    bool IsServerGuessWrong);

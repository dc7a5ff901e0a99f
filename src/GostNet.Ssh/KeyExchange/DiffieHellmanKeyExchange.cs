using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary><c>diffie-hellman-group14-sha256</c> and its kin: numbers modulo a prime (RFC 4253, section 8; RFC 8268).</summary>
internal sealed class DiffieHellmanKeyExchange(DiffieHellmanGroup group, HashAlgorithmName hash) : KeyExchangeMethod
{
    /// <summary>512 bits: more than twice what the groups' strength is said to be, 112 and 152.</summary>
    private const int ExponentSize = 64;

    private readonly byte[] _exponent = RandomNumberGenerator.GetBytes(ExponentSize);

    public override HashAlgorithmName Hash => hash;

    public override byte[] Start() => new SshWriter(group.Size + 5).Mpint(group.Power(_exponent)).Written[sizeof(uint)..].ToArray();

    public override byte[] Finish(ReadOnlySpan<byte> serverValue) => EncodedSecret.Mpint(group.Power(ReadValue(serverValue), _exponent));

    public override (byte[] ServerValue, byte[] Secret) Respond(ReadOnlySpan<byte> clientValue)
    {
        byte[] secret = Finish(clientValue);
        return (Start(), secret);
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_exponent);
        base.Dispose();
    }

    /// <summary>Takes the sign off the peer's number: a zero byte if the next one has its top bit set, and otherwise nothing.</summary>
    private ReadOnlySpan<byte> ReadValue(ReadOnlySpan<byte> mpint)
    {
        ReadOnlySpan<byte> number = mpint.TrimStart((byte)0);
        int zeros = mpint.Length - number.Length;
        bool needsZero = !number.IsEmpty && number[0] >= 0x80;
        return zeros == (needsZero ? 1 : 0) && group.IsPublicValue(number)
            ? number
            : throw SshException.KeyExchange("The peer's Diffie-Hellman value is not between 2 and p - 2.");
    }
}

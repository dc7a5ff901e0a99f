using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The messages of the agent protocol that are used, from their number on (draft-miller-ssh-agent).</summary>
internal static class AgentMessages
{
    /// <summary>Bytes of a message, its number included: as many as OpenSSH's agent takes and sends.</summary>
    public const int MaxSize = 256 * 1024;

    /// <summary>Keys that an agent can have: as many as OpenSSH's client reads.</summary>
    public const int MaxKeys = 2048;

    /// <summary>"No", to whatever was asked.</summary>
    public const byte Failure = 5;

    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;
    private const uint RsaSha256Flag = 2;
    private const uint RsaSha512Flag = 4;

    public static SshWriter WriteRequestIdentities() => SshWriter.Message(RequestIdentities);

    public static SshWriter WriteSignRequest(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> data, string algorithm) =>
        SshWriter.Message(SignRequest).String(blob).String(data).UInt32(algorithm switch
        {
            KeyAlgorithms.RsaSha256 => RsaSha256Flag,
            KeyAlgorithms.RsaSha512 => RsaSha512Flag,
            _ => 0,
        });

    /// <summary>Reads the answer to <see cref="WriteRequestIdentities"/>.</summary>
    /// <param name="message">The answer.</param>
    /// <param name="identities">The keys of types that are supported, with their comments, escaped; the others are left out.</param>
    public static bool TryReadIdentities(ReadOnlySpan<byte> message, out IReadOnlyList<(SshPublicKey Key, string Comment)> identities)
    {
        var found = new List<(SshPublicKey, string)>();
        identities = found;
        var reader = new SshReader(message);
        if (!reader.TryReadByte(out byte number) || number != IdentitiesAnswer || !reader.TryReadUInt32(out uint count) || count > MaxKeys)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> blob) || !reader.TryReadString(out ReadOnlySpan<byte> comment))
            {
                return false;
            }

            if (PublicKeys.TryRead(blob, out SshPublicKey? key, out _))
            {
                found.Add((key, PeerText.Escape(comment)));
            }
        }

        return reader.IsAtEnd;
    }

    /// <summary>Reads the answer to <see cref="WriteSignRequest"/>.</summary>
    public static bool TryReadSignature(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> signature)
    {
        signature = default;
        var reader = new SshReader(message);
        return reader.TryReadByte(out byte number) && number == SignResponse && reader.TryReadString(out signature) && reader.IsAtEnd;
    }
}

using System.Security.Cryptography;

namespace GostNet.Transports.WebSockets;

/// <summary>By what two ends of this library know each other, so that the end of one direction is not taken for the end of both. Everybody
/// else takes no notice of it.</summary>
/// <remarks>
/// <para>The second half of the client's key, which is to be random, follows from its first half; 64 random bits are still there, and a
/// key of somebody else looks like that once in 2^64 times. A server that sees it sends, together with its 101, a pong that nobody asked
/// for and that follows from the key: RFC 6455, section 5.5.3, wants no answer to it, and GOST takes no notice of it. The request and the
/// response stay as they are byte for byte, and to anybody but such a client the server sends nothing of its own.</para>
/// <para>A proxy that makes a handshake of its own has a key of its own, and the two ends are strangers to each other. So they are to be:
/// that proxy knows one Close, and it is the end.</para>
/// </remarks>
internal static class WebSocketKinship
{
    /// <summary>How many bytes a key has (RFC 6455, section 4.1).</summary>
    public const int KeyLength = 16;

    /// <summary>How many bytes the answer has.</summary>
    public const int AnswerLength = 8;

    private const int HalfLength = KeyLength / 2;

    /// <summary>Makes the key of a client.</summary>
    public static byte[] CreateKey()
    {
        byte[] key = new byte[KeyLength];
        RandomNumberGenerator.Fill(key.AsSpan(0, HalfLength));
        Derive("gostnet websocket key "u8, key.AsSpan(0, HalfLength), key.AsSpan(HalfLength));
        return key;
    }

    /// <summary>Whether a key is of a client that knows half-closes.</summary>
    public static bool IsKin(ReadOnlySpan<byte> key)
    {
        Span<byte> expected = stackalloc byte[HalfLength];
        Derive("gostnet websocket key "u8, key[..HalfLength], expected);
        return key[HalfLength..].SequenceEqual(expected);
    }

    /// <summary>What the server's pong says to such a client.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> key)
    {
        byte[] answer = new byte[AnswerLength];
        Derive("gostnet websocket answer "u8, key, answer);
        return answer;
    }

    /// <summary>The server's pong.</summary>
    public static byte[] WriteAnswer(ReadOnlySpan<byte> key)
    {
        byte[] frame = new byte[2 + AnswerLength];
        int length = WebSocketCodec.WriteHeader(frame, new(WebSocketOpcode.Pong, AnswerLength));
        Answer(key).CopyTo(frame, length);
        return frame;
    }

    private static void Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. purpose, .. input], hash);
        hash[..output.Length].CopyTo(output);
    }
}

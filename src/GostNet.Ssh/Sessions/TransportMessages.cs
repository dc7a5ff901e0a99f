using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <summary>The messages of the transport that are few (RFC 4253, section 11; RFC 8308).</summary>
internal static class TransportMessages
{
    /// <summary>DISCONNECT.</summary>
    public static byte[] Disconnect(DisconnectReason reason, string text) =>
        SshWriter.Message(MessageNumber.Disconnect).UInt32((uint)reason).Text(text).Text("").ToArray();

    /// <summary>UNIMPLEMENTED.</summary>
    /// <param name="sequenceNumber">Of the packet that is not understood.</param>
    public static byte[] Unimplemented(uint sequenceNumber) =>
        SshWriter.Message(MessageNumber.Unimplemented).UInt32(sequenceNumber).ToArray();

    /// <summary>EXT_INFO that tells which signatures users may log in with.</summary>
    public static byte[] ServerSignatureAlgorithms(IEnumerable<string> names) =>
        SshWriter.Message(MessageNumber.ExtInfo).UInt32(1).Text("server-sig-algs").NameList(names).ToArray();

    /// <summary>Reads what a DISCONNECT says.</summary>
    public static bool TryReadDisconnect(ReadOnlySpan<byte> payload, out DisconnectReason reason, out string text)
    {
        SshReader reader = new(payload[1..]);
        text = "";
        bool isRead = reader.TryReadUInt32(out uint number);
        reason = (DisconnectReason)number;
        if (isRead && reader.TryReadString(out ReadOnlySpan<byte> bytes))
        {
            text = PeerText.Escape(bytes);
        }

        return isRead;
    }

    /// <summary>Reads which signatures users may log in with, if an EXT_INFO tells.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="names">Them, or <see langword="null"/> if it does not tell.</param>
    /// <returns>False if it is malformed.</returns>
    public static bool TryReadServerSignatureAlgorithms(ReadOnlySpan<byte> payload, out IReadOnlyList<string>? names)
    {
        names = null;
        SshReader reader = new(payload[1..]);
        if (!reader.TryReadUInt32(out uint count))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !reader.TryReadString(out ReadOnlySpan<byte> value))
            {
                return false;
            }

            if (name.SequenceEqual("server-sig-algs"u8))
            {
                names = value.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e)
                    ? []
                    : Encoding.ASCII.GetString(value).Split(',', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return true;
    }
}

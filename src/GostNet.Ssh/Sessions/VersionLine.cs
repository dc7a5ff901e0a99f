using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <summary>The first line of either side (RFC 4253, section 4.2; ssh, section 2.3).</summary>
internal static class VersionLine
{
    /// <summary>The most bytes of such a line, its end included.</summary>
    public const int MaxLength = 255;

    /// <summary>The most lines that a server may send before.</summary>
    public const int MaxLinesBefore = 1024;

    /// <summary>The most bytes of a line before.</summary>
    public const int MaxLengthBefore = 8192;

    private static readonly string Version = typeof(VersionLine).Assembly.GetName().Version!.ToString(3);

    /// <summary>Our own line, without its end.</summary>
    public static ReadOnlyMemory<byte> Own { get; } = Encoding.ASCII.GetBytes($"SSH-2.0-GostNet_{Version}");

    /// <summary>Cuts a line off what has arrived.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="maxLength">The most bytes that it may have, its end included.</param>
    /// <param name="lineLength">The length of the line without its end: CR LF, or LF alone.</param>
    /// <param name="length">How many bytes it took with its end.</param>
    /// <returns>False if its end is not there yet.</returns>
    /// <exception cref="SshException">The line is too long.</exception>
    public static bool TryReadLine(ReadOnlySpan<byte> source, int maxLength, out int lineLength, out int length)
    {
        lineLength = 0;
        length = source[..Math.Min(source.Length, maxLength)].IndexOf((byte)'\n') + 1;
        if (length == 0)
        {
            return source.Length < maxLength
                ? false
                : throw SshException.Protocol($"The peer does not speak SSH: it has sent \"{Quote(source)}\".");
        }

        lineLength = length - (source[..length].EndsWith("\r\n"u8) ? 2 : 1);
        return true;
    }

    /// <summary>Whether a line is the one that names the version, and not one before it.</summary>
    public static bool IsVersion(ReadOnlySpan<byte> line) => line.StartsWith("SSH-"u8);

    /// <summary>Whether a peer is of this library, by the line that names its version.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> line) => line.StartsWith("SSH-2.0-GostNet_"u8);

    /// <summary>Checks a line that names the version.</summary>
    /// <exception cref="SshException">It is another version, or no such line at all.</exception>
    public static void Check(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLength - 2 || line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) || !IsVersion(line))
        {
            throw SshException.Protocol($"The peer does not speak SSH: it has sent \"{Quote(line)}\".");
        }

        if (!line.StartsWith("SSH-2.0-"u8) && !line.StartsWith("SSH-1.99-"u8))
        {
            throw new SshException(
                DisconnectReason.ProtocolVersionNotSupported,
                ForwardError.ProtocolError,
                $"The peer speaks \"{Quote(line)}\", not SSH 2.0.");
        }
    }

    /// <summary>The beginning of a line, fit for a message.</summary>
    public static string Quote(ReadOnlySpan<byte> line) => PeerText.Escape(line[..Math.Min(line.Length, 100)]);
}

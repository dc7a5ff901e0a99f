using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Trust;

/// <summary>Why a server is not trusted, and what to do about it.</summary>
internal static class HostKeyRefusal
{
    private const string NewKeys =
        "GOST 2.8.1 without cert.pem and key.pem in its directory makes a new key each time it starts; give it such files.";

    /// <summary>None of the files knows the server.</summary>
    public static SshException Unknown(string name, SshPublicKey key, IReadOnlyList<string> files) => Make(
        $"The server {name} is not known: its key is {Describe(key)}, and it is not in {string.Join(", ", files)}. If that is the server's "
        + $"key, {Accept(key)}, or add the key to {files[0]}. {NewKeys}");

    /// <summary>The files list other keys.</summary>
    public static SshException Changed(string name, SshPublicKey key, KnownHostPlace place, string listed) => Make(
        $"The key of the server {name} has changed, or somebody sits in between: {place} has {listed}, and it shows {Describe(key)}. "
        + $"If that is the server's key, {Accept(key)}, or replace the line. {NewKeys}");

    /// <summary>The server was taken before, which could not be written down.</summary>
    public static SshException ChangedSince(string name, SshPublicKey key, string earlier) => Make(
        $"The key of the server {name} has changed, or somebody sits in between: it was {earlier} before, and it shows {Describe(key)}. "
        + $"If that is the server's key, {Accept(key)}. {NewKeys}");

    /// <summary>The files revoke the key.</summary>
    public static SshException Revoked(string name, SshPublicKey key, KnownHostPlace place) => Make(
        $"The server {name} shows a key that {place} revokes: {Describe(key)}. Whoever has that key may not be the server.");

    /// <summary>The files know the server only by an authority.</summary>
    public static SshException Certificate(string name, SshPublicKey key, KnownHostPlace place) => Make(
        $"The server {name} is known only by the certificate authority at {place}, and certificates are not supported: its key is "
        + $"{Describe(key)}. If that is the server's key, {Accept(key)}, or add a line for the key.");

    /// <summary>It is not a key that was given.</summary>
    public static SshException NotPinned(SshPublicKey key, IReadOnlyList<string> pins) => Make(
        $"The server shows another key than it should: {Describe(key)}, and host_key allows {string.Join(", ", pins)}. If that is the "
        + $"server's key, or one of several, {Accept(key)}. {NewKeys}");

    /// <summary>A file cannot be read, and might have revoked the key.</summary>
    public static SshException Unreadable(string name, SshPublicKey key, string file, IOException cause) => Make(
        $"The server {name} cannot be verified, because {file} cannot be read: {cause.Message} Its key is {Describe(key)}. If that is the "
        + $"server's key, {Accept(key)}.",
        cause);

    /// <summary>Type and fingerprint.</summary>
    public static string Describe(SshPublicKey key) => $"{key.Type} {KeyFingerprint.Sha256(key.Blob.Span)}";

    private static string Accept(SshPublicKey key) => $"write host_key={KeyFingerprint.Sha256(key.Blob.Span)}";

    private static SshException Make(string message, IOException? cause = null) =>
        new(DisconnectReason.HostKeyNotVerifiable, ForwardError.CertificateRejected, message, cause);
}

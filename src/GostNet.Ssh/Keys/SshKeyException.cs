namespace GostNet.Ssh.Keys;

/// <summary>A private key cannot be used. The message says why, and holds nothing secret.</summary>
/// <param name="error">The reason to decide by.</param>
/// <param name="message">The reason to show, as a sentence.</param>
/// <param name="innerException">What lies behind it.</param>
internal sealed class SshKeyException(SshKeyError error, string message, Exception? innerException = null)
    : IOException(message, innerException)
{
    /// <summary>The reason to decide by.</summary>
    public SshKeyError Error => error;

    public static SshKeyException Malformed(string message, Exception? innerException = null) =>
        new(SshKeyError.Malformed, message, innerException);

    public static SshKeyException Unsupported(string message, Exception? innerException = null) =>
        new(SshKeyError.Unsupported, message, innerException);

    public static SshKeyException HalvesDiffer() => Malformed("The public and the private half are not of one key.");

    public static SshKeyException PassphraseNeeded() =>
        new(SshKeyError.PassphraseNeeded, "The private key is encrypted, and no passphrase was given.");

    public static SshKeyException WrongPassphrase(Exception? innerException = null) =>
        new(SshKeyError.WrongPassphrase, "The passphrase does not open the private key.", innerException);
}

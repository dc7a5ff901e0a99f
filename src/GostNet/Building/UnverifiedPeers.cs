namespace GostNet;

/// <summary>What becomes of a node URL that leaves open whether a peer is to be verified.</summary>
/// <remarks>
/// <para>GOST's URLs verify nothing unless they say <c>secure=true</c>, and its servers let everybody in unless they have a login. A URL
/// of a node with TLS or SSH that says neither <c>secure=true</c> nor <c>secure=false</c>, nor in another way whom it trusts, or that
/// serves everybody, falls under this setting.</para>
/// <para><c>socks5://</c> over plain TCP is never refused, for it need not use TLS: there the setting decides whether TLS within SOCKS5 is
/// offered. <c>secure=true</c> requires it, and verifies the server; <c>secure=false</c> offers it, and takes any certificate, as GOST
/// does; <c>notls=true</c> does not offer it.</para>
/// </remarks>
public enum UnverifiedPeers
{
    /// <summary>The URL is refused, and the error says what to write. <c>socks5://</c> without <c>secure</c> does not offer TLS.</summary>
    Refuse,

    /// <summary>The URL keeps its GOST meaning, and a warning is logged, once for each node. <c>socks5://</c> without <c>secure</c> is as
    /// with <c>secure=false</c>, without a warning.</summary>
    Warn,
}

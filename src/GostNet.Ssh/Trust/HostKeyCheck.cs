namespace GostNet;

/// <summary>What becomes of an SSH server whose host key is in none of the <c>known_hosts</c> files.</summary>
/// <remarks>A key that the files list for the server is always taken. One that they revoke is always refused, and so is another one than
/// those that they list: somebody may sit in between.</remarks>
public enum HostKeyCheck
{
    /// <summary>The server is refused, and the error tells its fingerprint and how to accept it. The default.</summary>
    Strict,

    /// <summary>The key is taken and written to the first of the files, which thereby knows it from then on.</summary>
    AcceptNew,

    /// <summary>The key is taken with a warning each time, and not written anywhere.</summary>
    None,
}

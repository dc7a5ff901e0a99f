using System.Net;
using System.Text;
using System.Text.Unicode;
using GostNet.Internal;
using GostNet.Protocols.Shadowsocks;

namespace GostNet.Building.Nodes;

/// <summary>Where a node's login comes from: the URL, else <c>auth</c>, else for a chain node <c>secrets</c> (gost-nodes,
/// section 1.6).</summary>
internal static class NodeLogin
{
    public static NetworkCredential? Read(
        NetworkCredential? inUrl, NodeParameters parameters, NodeRole role, NodeScheme scheme, NodeFiles files, NodeUrlFindings findings)
    {
        NetworkCredential? login = inUrl;
        if (parameters.Text("auth") is { } auth)
        {
            NetworkCredential? decoded = DecodeAuth(auth, findings);
            if (login is null)
            {
                login = decoded;
            }
            else
            {
                findings.Warn(NodeUrlWarning.AuthIgnored, "parameter 'auth' has no effect beside user:password@; leave one out");
            }
        }

        if (parameters.Text("secrets") is { } secrets && files.Exists(secrets))
        {
            NetworkCredential? first = ReadSecrets(secrets, role, files, findings);
            login ??= role == NodeRole.Chain ? first : null;
        }

        if (scheme.IsShadowsocks)
        {
            // What stands there may be the password alone, or both in Base64 as in other programs' links, and is not for a log.
            if (login is null or { UserName: "" } or { Password: "" })
            {
                findings.Add(
                    NodeUrlError.EmptyPassword,
                    $"Shadowsocks needs a method and a password; write them as they are, such as {ShadowsocksMethods.Default}:password@");
            }
        }
        else if (role == NodeRole.Serve && login is { Password: "" })
        {
            findings.Add(
                NodeUrlError.EmptyPassword,
                $"user '{login.UserName}' has no password, and GOST would let any password in; write {login.UserName}:password@");
        }

        return login;
    }

    private static NetworkCredential? DecodeAuth(string auth, NodeUrlFindings findings)
    {
        // Convert skips white space, which here is a '+' that was not written as %2B.
        byte[] bytes = new byte[auth.Length];
        if (auth.Length > 0 && !auth.Any(char.IsWhiteSpace)
            && Convert.TryFromBase64String(auth, bytes, out int length) && Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            string text = Encoding.UTF8.GetString(bytes, 0, length);
            int colon = text.IndexOf(':');
            if (colon != 0)
            {
                return new NetworkCredential(colon < 0 ? text : text[..colon], colon < 0 ? "" : text[(colon + 1)..]);
            }

            findings.Add(NodeUrlError.EmptyUser, "parameter 'auth' has a password without a user; write the Base64 of user:password");
            return null;
        }

        findings.Add(
            NodeUrlError.BadBase64, "parameter 'auth' is not Base64; write the Base64 of user:password, with %2B for every '+'");
        return null;
    }

    /// <summary>Reads a file of logins, a user and a password a line. A line "reload 10s" is no login.</summary>
    private static NetworkCredential? ReadSecrets(string name, NodeRole role, NodeFiles files, NodeUrlFindings findings)
    {
        if (!files.TryReadLines(name, out string[]? lines, out string? problem))
        {
            findings.Add(NodeUrlError.File, $"parameter 'secrets' is '{name}', which cannot be read: {problem}");
            return null;
        }

        NetworkCredential? first = null;
        foreach ((int number, string[] words) in WordFile.Read(lines, commentsAnywhere: false).Where(line => line.Words[0] != "reload"))
        {
            first ??= new NetworkCredential(words[0], words.Length > 1 ? words[1] : "");
            if (role == NodeRole.Serve && words.Length == 1)
            {
                findings.Add(
                    NodeUrlError.EmptyPassword,
                    $"line {number} of '{name}' has a user without a password, and GOST would let any password in");
            }
        }

        if (first is null)
        {
            findings.Add(NodeUrlError.File, $"parameter 'secrets' is '{name}', which has no login in it; write a line 'user password'");
        }

        return first;
    }
}

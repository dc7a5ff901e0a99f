namespace GostNet.Building.Nodes;

/// <summary>Applies <see cref="UnverifiedPeers"/> to a node URL that leaves open whether its peer is who it should be (gost-nodes,
/// section 6, F1 to F3).</summary>
internal static class PeerVerification
{
    public static void Check(NodeUrl node, BuildProblems problems)
    {
        bool isSsh = node.Scheme.Transport == "ssh";
        string? gap = node.Role == NodeRole.Chain
            ? NodeParameterTable.IsVerifiable(node.Scheme.Transport) && !node.Parameters.VerifiesPeer
                ? "it does not say whether the server is to be verified; write secure=true to verify it, or secure=false not to"
                    + (isSsh ? "; host_key and known_hosts say by what" : "")
                : null
            : NodeParameterTable.LogsIn(node.Role, node.Mode, node.Scheme) && !node.HasLogin
                ? "it serves everybody who can reach it; " + (!isSsh && node.Scheme.Protocol is "socks4" or "socks4a"
                    ? "SOCKS4 knows no passwords: serve socks5 to ask for a login"
                    : $"write user:password@ or {(isSsh ? "ssh_authorized_keys" : "secrets")}=FILE to ask for a login")
                : null;
        if (gap is null)
        {
            return;
        }

        if (problems.Settings.UnverifiedPeers == UnverifiedPeers.Warn)
        {
            problems.Warn($"{node.Name}: {gap}");
        }
        else
        {
            problems.Add($"{node.Name}: {gap}. GOST takes it without a word, and so does UseUnverifiedPeers(UnverifiedPeers.Warn), with a warning");
        }
    }
}

namespace GostNet.Building.Nodes;

/// <summary>The form of a whitelist or blacklist: items of <c>actions:hosts:ports</c>, separated by blanks (gost-nodes,
/// section 5.5).</summary>
internal static class Permissions
{
    public static bool IsValid(string text)
    {
        string[] items = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return items.Length > 0 && Array.TrueForAll(items, IsValidItem);
    }

    private static bool IsValidItem(string item) =>
        item.Split(':') is [var actions, var hosts, var ports]
        && actions.Length > 0 && hosts.Length > 0
        && Array.TrueForAll(ports.Split(','), IsValidPortRange);

    private static bool IsValidPortRange(string text)
    {
        if (text == "*")
        {
            return true;
        }

        string[] bounds = text.Split('-');
        return bounds.Length <= 2
            && HostEndPoint.TryParsePort(bounds[0], out int first)
            && HostEndPoint.TryParsePort(bounds[^1], out int last)
            && first <= last;
    }
}

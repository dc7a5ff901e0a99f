namespace GostNet.Forwarding;

/// <summary>What the clients of a proxy server may ask for: what the whitelist has, if there is one, and the blacklist has not.</summary>
internal sealed class AccessRules(PermissionList? whitelist, PermissionList? blacklist)
{
    /// <summary>To be connected to a target.</summary>
    public const string Connect = "tcp";

    /// <summary>To exchange datagrams with a target.</summary>
    public const string Datagrams = "udp";

    /// <summary>To listen for connections.</summary>
    public const string Listen = "rtcp";

    /// <summary>To listen for datagrams.</summary>
    public const string ListenDatagrams = "rudp";

    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/>: it is not allowed.</exception>
    public void Demand(string action, HostEndPoint target)
    {
        if (whitelist?.Contains(action, target) == false || blacklist?.Contains(action, target) == true)
        {
            throw new ForwardException(ForwardError.Forbidden, $"The rules do not allow '{action}' with {target}.") { Target = target };
        }
    }
}

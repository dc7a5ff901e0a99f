using System.Net;

namespace GostNet.Ssh.Authentication;

/// <summary>Where connections come from, and how their logins went. Guarded by its <see cref="LoginGate"/>.</summary>
/// <param name="network">The address, or the first half of it for IPv6.</param>
internal sealed class LoginSource(IPAddress network)
{
    public IPAddress Network => network;

    /// <summary>How many connections are open and not logged in.</summary>
    public int Open { get; set; }

    /// <summary>How many logins failed since it was last quiet.</summary>
    public int Failures { get; set; }

    /// <summary>When connections are taken again, by the gate's clock.</summary>
    public TimeSpan PenaltyEnd { get; set; }

    /// <summary>When <see cref="Failures"/> is forgotten, by the gate's clock.</summary>
    public TimeSpan ForgottenAt { get; set; }

    /// <summary>The place in the order of forgetting, while nothing is open.</summary>
    public LinkedListNode<LoginSource>? Node { get; set; }
}

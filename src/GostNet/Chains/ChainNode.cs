namespace GostNet.Chains;

/// <summary>How one proxy of a chain is spoken to.</summary>
/// <param name="Connector">Asks it for the next address.</param>
/// <param name="DialTimeout">How long it may take to reach it, if it is the first hop.</param>
/// <param name="ConnectTimeout">How long it may take to reach the next address.</param>
internal sealed record ChainNode(IConnector Connector, TimeSpan DialTimeout, TimeSpan ConnectTimeout);

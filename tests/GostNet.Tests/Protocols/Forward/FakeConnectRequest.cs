using GostNet.Testing;

namespace GostNet.Tests.Protocols.Forward;

/// <summary>A client that wants to be connected to a target.</summary>
internal sealed class FakeConnectRequest(InMemoryConnection near, HostEndPoint target) : FakeConnection(near), IConnectRequest
{
    public HostEndPoint Target => target;

    public bool IsConfirmed { get; private set; }

    public ForwardError? Refusal { get; private set; }

    /// <summary>Whether the session has ended.</summary>
    public bool IsLost { get; set; }

    public void Confirm() => IsConfirmed = !IsLost ? true : throw new IOException("The session has ended.");

    public void Refuse(ForwardError reason) => Refusal = reason;
}

using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>GOST's tunnel over SSH, the server's side (ssh, section 1.5): each channel is a client of the server's own handler.</summary>
internal sealed class TunnelServerSession : ServerSession
{
    /// <summary>The most channels that wait to be accepted. 1024, as in GOST.</summary>
    public const int Backlog = 1024;

    private readonly int _backlog;

    private int _waiting;

    /// <summary>Begins a session.</summary>
    /// <param name="connection">The connection, which the session owns.</param>
    /// <param name="backlog">The most channels that wait to be accepted.</param>
    public TunnelServerSession(ISshConnection connection, int backlog = Backlog)
        : base(connection, "this server only carries GOST's tunnels")
    {
        _backlog = backlog;
        EndWith();
    }

    public override void OnGlobalRequest(GlobalRequest request) => request.Answer(isDone: false);

    protected override void Open(ChannelOpening opening)
    {
        if (opening.Type != ForwardingCodec.GostTunnel)
        {
            opening.Refuse(
                ChannelOpenFailure.UnknownChannelType,
                opening.Type == ForwardingCodec.DirectTcpip
                    ? "this server only carries GOST's tunnels: one of forward+ssh forwards ports"
                    : "unknown channel type");
        }
        else if (Interlocked.Increment(ref _waiting) > _backlog)
        {
            Interlocked.Decrement(ref _waiting);
            opening.Refuse(ChannelOpenFailure.ResourceShortage, "too many connections wait to be accepted");
        }
        else if (!Offer(() =>
        {
            Interlocked.Decrement(ref _waiting);
            return opening.Accept();
        }))
        {
            opening.Refuse(ChannelOpenFailure.ConnectFailed, "the session has ended");
        }
    }
}

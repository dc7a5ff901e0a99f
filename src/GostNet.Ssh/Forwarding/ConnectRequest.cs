using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>A client's <c>direct-tcpip</c> channel, which is confirmed once the target was reached.</summary>
/// <param name="opening">The channel.</param>
/// <param name="target">What is to be reached.</param>
/// <param name="settings">Tells of the connection below.</param>
/// <param name="answered">Is called once, when the client is told how it went.</param>
internal sealed class ConnectRequest(ChannelOpening opening, HostEndPoint target, ForwardingServerSettings settings, Action answered)
    : RequestConnection(settings.LocalEndPoint, settings.RemoteEndPoint), IConnectRequest
{
    private int _isAnswered;

    public HostEndPoint Target => target;

    public void Confirm()
    {
        if (!TryAnswer())
        {
            throw new IOException("The request was answered or given up already.");
        }

        IConnection channel = opening.Accept() ?? throw new IOException("The SSH connection has ended.");
        if (!TryBecome(channel))
        {
            channel.Abort();
            throw new IOException("The request was given up.");
        }
    }

    public void Refuse(ForwardError reason)
    {
        if (TryAnswer())
        {
            (ChannelOpenFailure failure, string text) = ForwardErrors.ToRefusal(reason);
            opening.Refuse(failure, text);
        }
    }

    /// <summary>A request that is given up is refused.</summary>
    protected override void Ended() => Refuse(ForwardError.Unknown);

    private bool TryAnswer()
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0)
        {
            return false;
        }

        answered();
        return true;
    }
}

using System.Threading.Channels;
using GostNet.Internal;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>The server's side of a session: the client asks, and what it asks for is accepted one after the other.</summary>
/// <param name="connection">The connection, which the session owns.</param>
/// <param name="notice">What somebody who wants a shell is told.</param>
internal abstract class ServerSession(ISshConnection connection, string notice) : ChannelSession(connection), ISshConnectionHandler
{
    private const string Session = "session";

    // What is in it is bounded where it is written.
    private readonly Channel<Func<IConnection?>> _asked = Channel.CreateUnbounded<Func<IConnection?>>(
        new() { SingleReader = true, AllowSynchronousContinuations = SocketThreads.RunContinuations });

    public override ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) =>
        throw new IOException("The clients of an SSH server are not connected to: they have to ask for a port.");

    public override async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _asked.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_asked.Reader.TryRead(out Func<IConnection?>? accept) && accept() is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    public void OnChannelOpen(ChannelOpening opening)
    {
        if (opening.Type == Session)
        {
            opening.AcceptNotice(notice);
        }
        else
        {
            Open(opening);
        }
    }

    public abstract void OnGlobalRequest(GlobalRequest request);

    /// <summary>A channel of some other type than a shell's is to be opened.</summary>
    protected abstract void Open(ChannelOpening opening);

    /// <summary>Hands something on to whoever accepts.</summary>
    /// <param name="accept">Gives it, or <see langword="null"/> if it is out of date.</param>
    /// <returns>False if the session has ended.</returns>
    protected bool Offer(Func<IConnection?> accept) => _asked.Writer.TryWrite(accept);

    /// <summary>Nothing more comes.</summary>
    protected void End() => _asked.Writer.TryComplete();

    /// <summary>Calls <see cref="End"/> when the connection ends. To be called once, by who has made the session.</summary>
    protected void EndWith(Action? ended = null) => _ = EndWithAsync(ended);

    private async Task EndWithAsync(Action? ended)
    {
        await Completion.ConfigureAwait(false);
        End();
        ended?.Invoke();
    }
}

using System.Threading.Channels;
using GostNet.Ssh.Sessions;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Accepts every channel and refuses every request, unless it is told otherwise.</summary>
internal sealed class TestHandler : ISshConnectionHandler
{
    private readonly Channel<IConnection> _accepted = Channel.CreateUnbounded<IConnection>();

    public Action<ChannelOpening>? OnOpen { get; set; }

    public Action<GlobalRequest>? OnRequest { get; set; }

    public Task<IConnection> AcceptAsync() => _accepted.Reader.ReadAsync().OrFail();

    public void OnChannelOpen(ChannelOpening opening)
    {
        if (OnOpen is not null)
        {
            OnOpen(opening);
        }
        else if (opening.Accept() is { } channel)
        {
            _accepted.Writer.TryWrite(channel);
        }
    }

    public void OnGlobalRequest(GlobalRequest request)
    {
        if (OnRequest is not null)
        {
            OnRequest(request);
        }
        else
        {
            request.Answer(isDone: false);
        }
    }
}

using System.Threading.Channels;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>A server whose answers the test gives.</summary>
internal sealed class ScriptedServer : ISshConnectionHandler
{
    private readonly Channel<ChannelOpening> _openings = Channel.CreateUnbounded<ChannelOpening>();
    private readonly Channel<GlobalRequest> _requests = Channel.CreateUnbounded<GlobalRequest>();

    public void OnChannelOpen(ChannelOpening opening) => _openings.Writer.TryWrite(opening);

    public void OnGlobalRequest(GlobalRequest request) => _requests.Writer.TryWrite(request);

    /// <summary>The next channel that the client wants to open.</summary>
    public async Task<ChannelOpening> OpeningAsync() => await _openings.Reader.ReadAsync();

    /// <summary>The next request of the client.</summary>
    public async Task<GlobalRequest> RequestAsync() => await _requests.Reader.ReadAsync();
}

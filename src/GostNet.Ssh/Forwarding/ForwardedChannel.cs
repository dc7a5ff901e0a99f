using System.Net;

namespace GostNet.Ssh.Forwarding;

/// <summary>A connection that somebody made to a port of the server's, and that came here over a channel.</summary>
/// <param name="channel">The channel, and nothing else from now on.</param>
/// <param name="localEndPoint">Where it was connected to.</param>
/// <param name="remoteEndPoint">Who connected, if the server told.</param>
internal sealed class ForwardedChannel(IConnection channel, EndPoint localEndPoint, EndPoint? remoteEndPoint) : IConnection
{
    public Stream Stream => channel.Stream;

    public EndPoint? LocalEndPoint => localEndPoint;

    public EndPoint? RemoteEndPoint => remoteEndPoint;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => channel.CompleteWritesAsync(cancellationToken);

    public void Abort() => channel.Abort();

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}

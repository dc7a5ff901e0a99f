using GostNet.Internal;

namespace GostNet;

/// <summary>Puts a dialer under other code.</summary>
public static class DialerExtensions
{
    /// <summary>A callback that makes <see cref="HttpClient"/> connect through a dialer.</summary>
    /// <remarks>For HTTP/1.1 and HTTP/2; TLS is spoken above the connection, with the server. Unless
    /// <see cref="SocketsHttpHandler.UseProxy"/> is <see langword="false"/>, a proxy of the environment (<c>HTTP_PROXY</c>) is dialled
    /// in place of the server.</remarks>
    /// <example>
    /// <code>
    /// var handler = new SocketsHttpHandler { ConnectCallback = dialer.ToConnectCallback(), UseProxy = false };
    /// using var client = new HttpClient(handler);
    /// </code>
    /// </example>
    /// <param name="dialer">The dialer. Names go to it as they are.</param>
    /// <returns>A value for <see cref="SocketsHttpHandler.ConnectCallback"/>.</returns>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ToConnectCallback(this IDialer dialer)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        return (context, cancellationToken) => dialer.DialStreamAsync(
            new HostEndPoint(context.DnsEndPoint.Host, context.DnsEndPoint.Port), cancellationToken);
    }

    /// <summary>Opens a connection to a target, as a stream that closes the connection when it is disposed.</summary>
    /// <param name="dialer">The dialer.</param>
    /// <param name="target">What to reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException">The target was not reached.</exception>
    public static async ValueTask<Stream> DialStreamAsync(
        this IDialer dialer, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        return new ConnectionStream(await dialer.DialAsync(target, cancellationToken).ConfigureAwait(false));
    }
}

using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Http;

/// <summary>A web page that is shown to those who probe the server.</summary>
/// <remarks>GOST fetches it for every probe, without a limit. Here it is fetched at most once in a while, whatever comes in.</remarks>
internal sealed class HttpProbePage(Uri page, IDialer dialer)
{
    private const int MaxLength = 1024 * 1024;

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Task<(int StatusCode, byte[] Body)>? _fetch;
    private long _fetchedAt;

    /// <summary>The page as it was a minute ago at most.</summary>
    /// <exception cref="HttpRequestException">It cannot be had, or is larger than 1 MiB.</exception>
    /// <exception cref="OperationCanceledException">It was not there within 10 seconds, or the caller gave up.</exception>
    public Task<(int StatusCode, byte[] Body)> GetAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_fetch is null || time.GetElapsedTime(_fetchedAt) >= Lifetime)
            {
                _fetch = Task.Run(() => FetchAsync(time), CancellationToken.None); // not under the lock
                _fetchedAt = time.GetTimestamp();
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }

    private async Task<(int StatusCode, byte[] Body)> FetchAsync(TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, time);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) => new ConnectionStream(await dialer.DialAsync(
                new HostEndPoint(context.DnsEndPoint.Host, context.DnsEndPoint.Port), cancellationToken).ConfigureAwait(false)),
            UseProxy = false,
            UseCookies = false,
        };
        using var client = new HttpClient(handler)
        {
            MaxResponseContentBufferSize = MaxLength,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using HttpResponseMessage response = await client.GetAsync(page, timeout.Token).ConfigureAwait(false);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false));
    }
}

using GostNet;

namespace Snippets;

public static class HttpClientThroughProxies
{
    public static async Task<string> RunAsync(INetwork network)
    {
        #region HttpClientThroughProxies
        IDialer dialer = new ForwardBuilder()
            .ViaSocks5("10.0.0.1:1080")
            #region not shown
            .UseNetwork(network)
            #endregion
            .BuildDialer();
        using var handler = new SocketsHttpHandler { ConnectCallback = dialer.ToConnectCallback(), UseProxy = false };
        using var client = new HttpClient(handler);
        string page = await client.GetStringAsync(new Uri("http://intranet.example.com/"));
        #endregion
        return page;
    }
}

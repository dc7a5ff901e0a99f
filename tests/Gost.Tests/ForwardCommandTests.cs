using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Examples.Gost.Tests;

public sealed class ForwardCommandTests
{
    [Fact]
    public async Task RunAsync_ForwardEndsByItself_SaysWhich()
    {
        var network = new EndingNetwork();

        IReadOnlyList<string> errors =
            await ForwardCommand.RunAsync(CommandLine.Read(["-L", "tcp://:2222/a:1"]), network, CancellationToken.None).OrFail();

        Assert.StartsWith("tcp://:2222/a:1 ended by itself: ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ToldToStop_IsWithoutErrors()
    {
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyList<string>> running =
            ForwardCommand.RunAsync(CommandLine.Read(["-L", "tcp://:2222/a:1"]), new InMemoryNetwork(), stop.Token);

        await stop.CancelAsync();

        Assert.Empty(await running.OrFail());
    }

    /// <summary>A network whose listeners are at their end from the beginning.</summary>
    private sealed class EndingNetwork : INetwork
    {
        private readonly InMemoryNetwork _network = new();

        public IDialer Dialer => _network.Dialer;

        public IDatagramDialer DatagramDialer => _network.DatagramDialer;

        public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            IListener listener = await _network.ListenAsync(endPoint, cancellationToken);
            await listener.DisposeAsync();
            return listener;
        }

        public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
            _network.ListenDatagramsAsync(endPoint, cancellationToken);

    }
}

using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Many datagram clients at the same time, and a target that answers each datagram with what it said.</summary>
internal static class EchoClients
{
    /// <summary>Fails unless each client gets back every text of its own, and nothing else.</summary>
    public static async Task RunAsync(INetwork network, HostEndPoint front, IDatagramListener target, int clients, int datagramsEach)
    {
        Task echoing = EchoAsync(target, clients * datagramsEach);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            await using IDatagramSocket socket = await network.DatagramDialer.DialAsync(front);
            for (int i = 0; i < datagramsEach; i++)
            {
                await socket.SendTextAsync($"{client}/{i}");
            }

            var answers = new List<string>();
            for (int i = 0; i < datagramsEach; i++)
            {
                answers.Add(await socket.ReceiveTextAsync());
            }

            Assert.Equal(Enumerable.Range(0, datagramsEach).Select(i => $"{client}/{i}"), answers);
        })));
        await echoing;
    }

    private static async Task EchoAsync(IDatagramListener target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Received received = await target.ReceiveTextAsync();
            await target.AnswerAsync(received, received.Text);
        }
    }
}

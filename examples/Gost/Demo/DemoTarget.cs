using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Examples.Gost.Demo;

/// <summary>A small HTTP server on a port of this machine: just enough for curl, a browser and the demonstration.</summary>
internal sealed class DemoTarget : IAsyncDisposable
{
    private static readonly byte[] Block = new byte[64 * 1024];

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _answers = new();
    private readonly Task _serving;

    private DemoTarget(TcpListener listener)
    {
        _listener = listener;
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public static DemoTarget Start()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new DemoTarget(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        await Task.WhenAll(_answers.Keys);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Task answer = AnswerAsync(client);
                _answers[answer] = true;
                _ = answer.ContinueWith(done => _answers.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Told to stop, or a client that was gone before it was accepted.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream(), _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Told to stop, or the client has had enough.
            }
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, CancellationToken stop)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        await using var writer = new StreamWriter(stream, leaveOpen: true) { AutoFlush = true, NewLine = "\r\n" };
        string path = (await reader.ReadLineAsync(stop) ?? "").Split(' ') is [_, string second, ..] ? second : "";
        while (await reader.ReadLineAsync(stop) is { Length: > 0 })
        {
            // The headers say nothing that matters here.
        }

        string status = path is "/" or "/clock" or "/big" ? "200 OK" : "404 Not Found";
        await writer.WriteAsync($"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n".AsMemory(), stop);
        switch (path)
        {
            case "/":
                await writer.WriteLineAsync("Hello. This answer came through the forward; /clock and /big last longer.".AsMemory(), stop);
                break;
            case "/clock":
                for (int i = 0; i < 10; i++)
                {
                    await writer.WriteLineAsync(DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture).AsMemory(), stop);
                    await Task.Delay(TimeSpan.FromSeconds(1), stop);
                }

                break;
            case "/big":
                for (int i = 0; i < 1024; i++)
                {
                    await stream.WriteAsync(Block, stop);
                }

                break;
            default:
                await writer.WriteLineAsync("There is /, /clock and /big.".AsMemory(), stop);
                break;
        }

        // HTTP/1.1 with "Connection: close": the end of the stream is the end of the answer.
        stream.Socket.Shutdown(SocketShutdown.Send);
    }
}

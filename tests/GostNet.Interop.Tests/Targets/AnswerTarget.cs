using System.Net.Sockets;

namespace GostNet.Interop.Tests.Targets;

/// <summary>A target that reads a question to its end of stream, and only then answers, as rsh or a database dump does.</summary>
internal sealed class AnswerTarget : IAsyncDisposable
{
    public static readonly byte[] Question = RandomBytes(1 << 20, seed: 1);
    public static readonly byte[] Answer = RandomBytes(32 << 20, seed: 2);

    private readonly TaskCompletionSource<byte[]> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TcpTarget _target;

    /// <summary>Starts it.</summary>
    /// <param name="copies">How often it sends the answer.</param>
    /// <param name="holdsEnd">Whether it ends its direction only at <see cref="End"/>. stunnel 5.68 takes the end of both directions of its
    /// target for the end of what it has not read yet: it says "read hangup", and how many bytes less it has sent.</param>
    public AnswerTarget(int copies = 1, bool holdsEnd = false)
    {
        if (!holdsEnd)
        {
            End();
        }

        TotalLength = (long)copies * Answer.Length;
        _target = new(async stream =>
        {
            using MemoryStream question = new();
            await stream.CopyToAsync(question);
            _received.TrySetResult(question.ToArray());
            for (int i = 0; i < copies; i++)
            {
                await stream.WriteAsync(Answer);
            }

            await _mayEnd.Task;
            stream.Socket.Shutdown(SocketShutdown.Send);
        });
    }

    /// <summary>How many bytes it answers with.</summary>
    public long TotalLength { get; }

    public int Port => _target.Port;

    /// <summary>What the first client sent until it ended its direction.</summary>
    public Task<byte[]> Received => _received.Task;

    /// <summary>Lets it end its direction.</summary>
    public void End() => _mayEnd.TrySetResult();

    /// <summary>Sends the question, ends that direction, and reads to the end.</summary>
    /// <returns>What arrived until the end of stream, or until the connection was reset.</returns>
    public static async Task<byte[]> AskAsync(Socket client)
    {
        using MemoryStream answer = new(Answer.Length);
        await using NetworkStream stream = new(client, ownsSocket: false);
        try
        {
            await stream.WriteAsync(Question);
            client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // A reset ends the answer too.
        }

        return answer.ToArray();
    }

    /// <summary>Reads to the end, and keeps nothing.</summary>
    /// <returns>How many bytes arrived until the end of stream, or until the connection was reset.</returns>
    public static async Task<long> CountAsync(Socket client)
    {
        byte[] buffer = new byte[1 << 20];
        long count = 0;
        try
        {
            while (await client.ReceiveAsync(buffer) is var size and > 0)
            {
                count += size;
            }
        }
        catch (SocketException)
        {
            // A reset ends the answer too.
        }

        return count;
    }

    public ValueTask DisposeAsync()
    {
        End();
        return _target.DisposeAsync();
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

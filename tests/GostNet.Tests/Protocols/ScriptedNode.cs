using System.Net;
using System.Threading.Channels;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>A node to which the code under test opens connections. The test plays the other end of each.</summary>
internal sealed class ScriptedNode
{
    private readonly Channel<ScriptedControl> _opened = Channel.CreateUnbounded<ScriptedControl>();
    private int _opens;

    /// <summary>How many connections were opened so far.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>What opening fails with, if it is to fail.</summary>
    public ForwardException? Failure { get; set; }

    public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is { } failure)
        {
            return ValueTask.FromException<IConnection>(failure);
        }

        Interlocked.Increment(ref _opens);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(
            new IPEndPoint(IPAddress.Loopback, 40000), new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1080));
        _opened.Writer.TryWrite(new(near, far));
        return new(near);
    }

    /// <summary>Waits for the next connection to be opened.</summary>
    public Task<ScriptedControl> NextAsync() => _opened.Reader.ReadAsync().OrFail();

    /// <summary>The same, and plays a server without logins up to the request.</summary>
    /// <param name="request">The request that has to come, in hex.</param>
    /// <param name="reply">The answer to it; none if empty.</param>
    public async Task<ScriptedControl> NextAsync(string request, string reply = "")
    {
        ScriptedControl control = await NextAsync();
        await control.ExpectAsync("05 01 00");
        await control.SendAsync("05 00");
        await control.ExpectAsync(request);
        await control.SendAsync(reply);
        return control;
    }
}

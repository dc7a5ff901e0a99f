using GostNet.Ssh.Authentication;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>A peer that says what the test wrote down, and has gone once that is all.</summary>
internal sealed class ScriptedPipe : IAuthenticationPipe
{
    private readonly Queue<byte[]> _incoming = new();
    private byte[] _last = [];

    public ScriptedPipe(params IEnumerable<ReadOnlyMemory<byte>> incoming) => Say(incoming);

    /// <summary>What the peer does about a message.</summary>
    public Func<byte[], IEnumerable<ReadOnlyMemory<byte>>>? Answer { get; init; }

    /// <summary>What was sent to the peer.</summary>
    public List<byte[]> Sent { get; } = [];

    public ReadOnlyMemory<byte> SessionId { get; init; } = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    public IReadOnlyList<string>? ServerSignatureAlgorithms { get; set; }

    /// <summary>How the connection ends when the script does.</summary>
    public Exception End { get; init; } = new EndOfStreamException("The script is at its end.");

    /// <summary>Whether the peer has still something to say.</summary>
    public bool HasMore => _incoming.Count > 0;

    /// <summary>The numbers of the messages that were sent.</summary>
    public IEnumerable<byte> SentNumbers => Sent.Select(message => message[0]);

    public void Say(params IEnumerable<ReadOnlyMemory<byte>> messages)
    {
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            _incoming.Enqueue(message.ToArray());
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        Sent.Add(payload.ToArray());
        Say(Answer?.Invoke(Sent[^1]) ?? []);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _last.AsSpan().Fill(0xEE); // it was valid until now
        if (!_incoming.TryDequeue(out byte[]? next))
        {
            throw End;
        }

        _last = next;
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(next);
    }
}

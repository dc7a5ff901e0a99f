using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>The far end of an in-memory connection. The test says what it expects and sends, byte by byte.</summary>
/// <remarks>What it sends before it is read arrives in one piece, unless the near end is told to read in smaller ones.</remarks>
internal sealed class ScriptedPeer
{
    private readonly Stream _input;
    private readonly PipeWriter _output;

    /// <param name="maxRead">How many bytes a read of the near end gives at most.</param>
    /// <param name="socket">The socket that the near end pretends to lie on.</param>
    public ScriptedPeer(int maxRead = int.MaxValue, Socket? socket = null)
    {
        Pipe toPeer = new(new PipeOptions(pauseWriterThreshold: 0));
        Pipe toNear = new(new PipeOptions(pauseWriterThreshold: 0));
        Near = new PipeConnection(toNear.Reader, toPeer.Writer, maxRead) { Socket = socket };
        _input = toPeer.Reader.AsStream();
        _output = toNear.Writer;
    }

    /// <summary>The end that the code under test gets.</summary>
    public PipeConnection Near { get; }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Runs a connector against a peer that has sent all its answers, and ended, before anything is asked.</summary>
    public static async Task<ForwardException> FailureAsync(
        IConnector connector, HostEndPoint target, byte[] answers, int maxRead = int.MaxValue)
    {
        ScriptedPeer peer = new(maxRead);
        await peer.SendAsync(answers);
        peer.End();
        ForwardException failure =
            await Assert.ThrowsAsync<ForwardException>(() => connector.ConnectAsync(peer.Near, target).OrFail());
        Assert.False(peer.Near.IsDisposed, "The connection is the caller's until the connector succeeds.");
        Assert.Equal(target, failure.Target);
        return failure;
    }

    /// <summary>The same for a peer that grants the connection; gives back what can be read from it.</summary>
    public static async Task<(IConnection Connection, byte[] Payload)> SuccessAsync(
        IConnector connector, HostEndPoint target, byte[] answers, int maxRead = int.MaxValue)
    {
        ScriptedPeer peer = new(maxRead);
        await peer.SendAsync(answers);
        peer.End();
        IConnection connection = await connector.ConnectAsync(peer.Near, target).OrFail();
        return (connection, await ReadToEndAsync(connection));
    }

    public static async Task<byte[]> ReadToEndAsync(IConnection connection)
    {
        using MemoryStream all = new();
        await connection.Stream.CopyToAsync(all).OrFail();
        return all.ToArray();
    }

    public Task ExpectAsync(string hex) => ExpectAsync(Hex(hex));

    public async Task ExpectAsync(byte[] expected)
    {
        byte[] actual = new byte[expected.Length];
        await _input.ReadExactlyAsync(actual).OrFail();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }

    public Task ExpectTextAsync(string expected) => ExpectAsync(Encoding.Latin1.GetBytes(expected));

    public Task SendAsync(string hex) => SendAsync(Hex(hex));

    public async Task SendAsync(byte[] bytes) => await _output.WriteAsync(bytes);

    /// <summary>Ends the stream towards the near end, with an error if one is given.</summary>
    public void End(Exception? error = null) => _output.Complete(error);
}

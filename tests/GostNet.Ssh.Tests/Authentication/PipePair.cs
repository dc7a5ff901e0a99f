using System.Threading.Channels;
using GostNet.Ssh.Authentication;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>A connection in memory: what one end sends, the other receives.</summary>
internal sealed class PipePair
{
    private readonly Channel<byte[]> _toServer = Channel.CreateBounded<byte[]>(8);
    private readonly Channel<byte[]> _toClient = Channel.CreateBounded<byte[]>(8);

    public PipePair(IReadOnlyList<string>? serverSignatureAlgorithms = null)
    {
        byte[] sessionId = new byte[32];
        new Random(7).NextBytes(sessionId);
        Client = new End(this, _toServer.Writer, _toClient.Reader, sessionId, serverSignatureAlgorithms);
        Server = new End(this, _toClient.Writer, _toServer.Reader, sessionId, serverSignatureAlgorithms: null);
    }

    public IAuthenticationPipe Client { get; }

    public IAuthenticationPipe Server { get; }

    /// <summary>What the client sent, in short: the method of each request, <c>query</c> and <c>answer</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The last that the client sent as a signed request.</summary>
    public byte[] SignedRequest { get; private set; } = [];

    /// <summary>Ends the connection in the way that the session tells the other end of.</summary>
    public void Close(Exception error)
    {
        _toServer.Writer.TryComplete(error);
        _toClient.Writer.TryComplete(error);
    }

    private sealed class End(
        PipePair pair,
        ChannelWriter<byte[]> writer,
        ChannelReader<byte[]> reader,
        byte[] sessionId,
        IReadOnlyList<string>? serverSignatureAlgorithms) : IAuthenticationPipe
    {
        private byte[] _last = [];

        public ReadOnlyMemory<byte> SessionId => sessionId;

        public IReadOnlyList<string>? ServerSignatureAlgorithms => serverSignatureAlgorithms;

        public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            if (this == pair.Client)
            {
                pair.Requests.Add(Messages.Describe(payload.Span));
                if (pair.Requests[^1].StartsWith("sign", StringComparison.Ordinal))
                {
                    pair.SignedRequest = payload.ToArray();
                }
            }

            return writer.WriteAsync(payload.ToArray(), cancellationToken);
        }

        public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
        {
            _last.AsSpan().Fill(0xEE); // it was valid until now
            try
            {
                return _last = await reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException e) when (e.InnerException is { } error)
            {
                throw error;
            }
        }
    }
}

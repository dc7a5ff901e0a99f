using System.Diagnostics.CodeAnalysis;
using System.Net;
using GostNet.Internal;
using GostNet.Internal.Tls;
using GostNet.Tests.Shared;
using GostNet.Transports.Obfuscation;

namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>Bytes behind the greetings cost no memory of their own. Alone, because all others share the pool of arrays.</summary>
[CollectionDefinition(nameof(ObfuscationAllocationTests), DisableParallelization = true)]
[Collection(nameof(ObfuscationAllocationTests))]
public class ObfuscationAllocationTests
{
    private const int Rounds = 100;

    // Without optimization the compiler makes an object of each asynchronous method that runs.
#if DEBUG
    private const int PerRound = 2 * 128;
#else
    private const int PerRound = 0;
#endif

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Steady_WritesAndReads_AllocateNothing(ObfuscationKind kind)
    {
        EndlessConnection carrier = new(Greeting(kind));
        ManualTimeProvider time = new();
        IConnection client = await ObfuscationPair.CreateClient(kind, time).StartAsync(carrier, default).OrFail();
        byte[] buffer = new byte[64 * 1024];
        Run(client.Stream, buffer);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            Run(client.Stream, buffer);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 + (Rounds * PerRound));
        await client.DisposeAsync().OrFail();
    }

    /// <summary>All of it is done at once, by this thread: the connection takes and gives everything.</summary>
    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "They are completed, and used once.")]
    private static void Run(Stream stream, byte[] buffer)
    {
        stream.WriteAsync(buffer).GetAwaiter().GetResult();
        stream.ReadAsync(Memory<byte>.Empty).GetAwaiter().GetResult();
        Assert.True(stream.ReadAsync(buffer).GetAwaiter().GetResult() > 0);
    }

    private static byte[] Greeting(ObfuscationKind kind)
    {
        if (kind == ObfuscationKind.Http)
        {
            return HttpObfuscationCodec.CreateResponse(default, default);
        }

        byte[] greeting = new byte[TlsObfuscationCodec.ServerHelloOverhead];
        int length = TlsObfuscationCodec.WriteServerHello(greeting, 0, new byte[28], new byte[32]);
        return greeting[..length];
    }

    /// <summary>Takes everything, and gives a greeting and then records of data for ever.</summary>
    private sealed class EndlessConnection : IConnection
    {
        private readonly EndlessStream _stream;

        public EndlessConnection(byte[] greeting) => _stream = new(greeting);

        public Stream Stream => _stream;

        public EndPoint? LocalEndPoint => null;

        public EndPoint? RemoteEndPoint => null;

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class EndlessStream(byte[] greeting) : UnseekableStream
    {
        private byte[]? _greeting = greeting;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
            {
                return new(0);
            }

            if (_greeting is { } greeting)
            {
                _greeting = null;
                greeting.CopyTo(buffer);
                return new(greeting.Length);
            }

            TlsRecord.WriteHeader(buffer.Span, TlsRecord.ApplicationData, TlsRecord.Tls12, 1000);
            return new(TlsRecord.HeaderLength + 1000);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;
    }
}

using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>A server's session, which begins when the preface has come.</summary>
internal sealed class Http2ServerSession(IConnection carrier, Http2Profile profile, TimeProvider time)
{
    public Task<Http2Session> Session { get; } = StartAsync(carrier, profile, time);

    private static async Task<Http2Session> StartAsync(IConnection carrier, Http2Profile profile, TimeProvider time)
    {
        byte[] preface = new byte[Http2Codec.Preface.Length];
        await carrier.Stream.ReadExactlyAsync(preface);
        Assert.True(Http2Codec.Preface.SequenceEqual(preface));
        return Http2Session.Start(carrier, profile, time);
    }
}

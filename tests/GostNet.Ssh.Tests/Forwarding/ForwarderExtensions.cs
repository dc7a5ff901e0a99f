using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>What tests do with builders time and again.</summary>
internal static class ForwarderExtensions
{
    public static async Task<Forwarder> BuildAndStartAsync(this ForwardBuilder builder)
    {
        Forwarder forwarder = builder.Build();
        await forwarder.StartAsync().OrFail();
        return forwarder;
    }
}

using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>A proxy that runs, and can be a hop of a chain.</summary>
internal sealed class ProxyNode : IAsyncDisposable
{
    private readonly ProxyRecipe _recipe;
    private readonly PeerProcess _process;

    private ProxyNode(ProxyRecipe recipe, PeerProcess process)
    {
        _recipe = recipe;
        _process = process;
    }

    /// <summary>What exceptions call it.</summary>
    public string Name => $"{_recipe.Scheme}://{_process.Address}";

    public static async Task<ProxyNode> StartAsync(ProxyKind kind)
    {
        ProxyRecipe recipe = ProxyRecipe.All[kind];
        return new(recipe, await recipe.StartAsync());
    }

    /// <summary>Makes it the next hop.</summary>
    public ForwardBuilder AddTo(ForwardBuilder chain) => _recipe.AddTo(chain, _process.Address);

    /// <summary>A dialer through this proxy alone.</summary>
    public IDialer BuildDialer() => AddTo(new()).BuildDialer();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

using System.Globalization;
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

    public int Port => _process.Port;

    public static async Task<ProxyNode> StartAsync(ProxyKind kind)
    {
        ProxyRecipe recipe = ProxyRecipe.All[kind];
        return new(recipe, await recipe.StartAsync(recipe.Login));
    }

    /// <summary>Makes it the next hop, with the login that it insists on.</summary>
    public ForwardBuilder AddTo(ForwardBuilder chain) => _recipe.AddTo(chain, _process.Address, _recipe.Login);

    /// <summary>Makes it the next hop, with a password that may be wrong, or without a login.</summary>
    public ForwardBuilder AddTo(ForwardBuilder chain, string? password) => _recipe.AddTo(
        chain, _process.Address, password is null ? null : new(_recipe.Login!.UserName, password));

    /// <summary>A dialer through this proxy alone.</summary>
    public IDialer BuildDialer() => AddTo(new()).BuildDialer();

    /// <summary>Completes once the proxy has told that it was asked for this port.</summary>
    public Task ReportedAsync(int port) => _process.PrintedAsync(port.ToString(CultureInfo.InvariantCulture));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

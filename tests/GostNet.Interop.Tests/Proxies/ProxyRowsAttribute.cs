using System.Reflection;
using GostNet.Interop.Tests.Peers;
using Xunit.Sdk;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>Rows of a theory: one program as every kind of proxy that it is. They are skipped where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProxyRowsAttribute : DataAttribute
{
    private readonly IReadOnlyList<ProxyKind> _proxies;

    public ProxyRowsAttribute(string program)
    {
        _proxies = [.. ProxyRecipe.All.Where(pair => pair.Value.Program == program).Select(pair => pair.Key)];
        Skip = PeerProgram.WhySkipped(ProxyRecipe.All[_proxies[0]].Needs);
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => _proxies.Select(proxy => new object[] { proxy });
}

using System.Reflection;
using GostNet.Interop.Tests.Peers;
using Xunit.Sdk;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>One row of a theory: a proxy, and what else the test takes. The row alone is skipped where its program is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProxyRowAttribute : DataAttribute
{
    private readonly object?[] _row;

    public ProxyRowAttribute(ProxyKind proxy, params object?[] more)
    {
        _row = [proxy, .. more];
        Skip = PeerProgram.WhySkipped(ProxyRecipe.All[proxy].Needs);
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [_row!];
}

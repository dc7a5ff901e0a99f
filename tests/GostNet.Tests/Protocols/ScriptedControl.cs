using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>One connection of a <see cref="ScriptedNode"/>.</summary>
/// <param name="Near">The end of the code under test.</param>
/// <param name="Far">The test's end.</param>
internal sealed record ScriptedControl(InMemoryConnection Near, InMemoryConnection Far)
{
    public async Task ExpectAsync(string hex)
    {
        byte[] expected = ScriptedPeer.Hex(hex);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(await Far.ReadAsync(expected.Length).OrFail()));
    }

    public Task SendAsync(string hex) => Far.Stream.WriteAsync(ScriptedPeer.Hex(hex)).OrFail();

    /// <summary>Waits until the code under test ends the connection, after nothing but what was expected.</summary>
    public async Task ExpectEndAsync() => Assert.Empty(await Far.ReadToEndAsync().OrFail());
}

using GostNet.Ssh.Keys;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>Shadowsocks in GOST's SSH tunnel, whose method and password are SSH's login as well.</summary>
public sealed class ShadowsocksOverSshTests
{
}

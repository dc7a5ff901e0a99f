using System.Security.Cryptography;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>OpenSSH's server behind a local TCP forward.</summary>
public sealed class ScpTests : IDisposable
{
    private const int FileSize = 64 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-scp-");

    private string Original => Path.Combine(_directory.FullName, "original");

    private string Copy => Path.Combine(_directory.FullName, "copy");

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(OpenSsh.Server, OpenSsh.Copy, OpenSsh.KeyMaker)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LocalTcp_ScpOf64Megabytes_ArrivesWhole(bool upload)
    {
        byte[] hash = WriteOriginal();
        await using OpenSsh server = await OpenSsh.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder().LocalTcp(LocalForward.AnyPort, server.Address).StartAsync();

        await (upload
            ? server.CopyAsync(forwarder.Port(), Original, OpenSsh.Remote(Copy))
            : server.CopyAsync(forwarder.Port(), OpenSsh.Remote(Original), Copy));

        Assert.Equal(hash, HashOfCopy());
    }

    [PeerFact(OpenSsh.Server, OpenSsh.Copy, OpenSsh.KeyMaker, Danted.Program, Tinyproxy.Program)]
    public async Task LocalTcp_ScpThroughTwoProxies_ArrivesWhole()
    {
        byte[] hash = WriteOriginal();
        await using OpenSsh server = await OpenSsh.StartAsync();
        await using PeerProcess danted = await Danted.StartAsync();
        await using PeerProcess tinyproxy = await Tinyproxy.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder()
            .LocalTcp(LocalForward.AnyPort, server.Address)
            .ViaSocks5(danted.Address)
            .ViaHttp(tinyproxy.Address)
            .StartAsync();

        await server.CopyAsync(forwarder.Port(), Original, OpenSsh.Remote(Copy));

        Assert.Equal(hash, HashOfCopy());
    }

    private byte[] WriteOriginal()
    {
        byte[] content = RandomNumberGenerator.GetBytes(FileSize);
        File.WriteAllBytes(Original, content);
        return SHA256.HashData(content);
    }

    private byte[] HashOfCopy() => SHA256.HashData(File.ReadAllBytes(Copy));
}

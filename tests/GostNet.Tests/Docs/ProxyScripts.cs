using System.Buffers.Binary;
using System.Text;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Docs;

/// <summary>Proxies that grant what they are asked for, played by the test at the far end of a connection.</summary>
internal static class ProxyScripts
{
    /// <summary>Reads an HTTP message up to its blank line.</summary>
    public static async Task<string> ReadHeadAsync(this IConnection connection)
    {
        StringBuilder head = new();
        do
        {
            head.Append((char)(await connection.ReadAsync(1))[0]);
        }
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal));

        return head.ToString();
    }

    /// <summary>Plays an HTTP proxy.</summary>
    /// <returns>The head of the request.</returns>
    public static async Task<string> GrantConnectAsync(this IConnection connection)
    {
        string head = await connection.ReadHeadAsync();
        await connection.Stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        return head;
    }

    /// <summary>Plays a SOCKS5 server (RFC 1928) that wants a login (RFC 1929) if one is offered.</summary>
    /// <returns>The login, <c>user:password</c> or "", and the target.</returns>
    public static async Task<(string Login, HostEndPoint Target)> GrantSocks5Async(this IConnection connection)
    {
        byte[] greeting = await connection.ReadAsync(2);
        byte[] methods = await connection.ReadAsync(greeting[1]);
        string login = "";
        if (methods.Contains((byte)2))
        {
            await connection.Stream.WriteAsync(new byte[] { 5, 2 });
            await connection.ReadAsync(1);
            login = $"{await ReadTextAsync(connection)}:{await ReadTextAsync(connection)}";
            await connection.Stream.WriteAsync(new byte[] { 1, 0 });
        }
        else
        {
            await connection.Stream.WriteAsync(new byte[] { 5, 0 });
        }

        Assert.Equal([5, 1, 0, 3], await connection.ReadAsync(4));
        string host = await ReadTextAsync(connection);
        int port = BinaryPrimitives.ReadUInt16BigEndian(await connection.ReadAsync(2));
        await connection.Stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
        return (login, new(host, port));
    }

    private static async Task<string> ReadTextAsync(IConnection connection) =>
        Encoding.ASCII.GetString(await connection.ReadAsync((await connection.ReadAsync(1))[0]));
}

using System.Text;
using System.Text.Json;

namespace GostNet.Tests.Protocols.Shadowsocks;

/// <summary>What GOST 2.8.1 and shadowsocks-libev were found to write and to read.</summary>
internal static class ShadowsocksVectors
{
    public static readonly JsonElement Root = Read();

    public static readonly string Password = Root.GetProperty("password").GetString()!;

    public static byte[] Payload1 => Text("payload1");

    public static byte[] Payload2 => Text("payload2");

    public static byte[] UdpPayload => Text("udp_payload");

    /// <summary>The address that all vectors but one are for.</summary>
    public static byte[] IPv4 => Address("ipv4");

    /// <summary>The payload of the long vectors.</summary>
    public static byte[] Long => [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i % 251))];

    public static IEnumerable<JsonElement> Streams => Root.GetProperty("stream").EnumerateArray();

    public static IEnumerable<JsonElement> Aeads => Root.GetProperty("aead").EnumerateArray();

    /// <summary>The names of the methods that there are vectors for.</summary>
    public static TheoryData<string> Methods => [.. Streams.Concat(Aeads).Select(vector => vector.GetProperty("method").GetString()!)];

    public static JsonElement Of(string method) => Streams.Concat(Aeads).Single(v => v.GetProperty("method").GetString() == method);

    public static byte[] Address(string name) => Root.GetProperty("addr_headers").Hex(name);

    public static byte[] Hex(this JsonElement vector, string property) => Convert.FromHexString(vector.GetProperty(property).GetString()!);

    /// <summary>The salt or IV of a vector.</summary>
    public static byte[] Salt(this JsonElement vector) => vector.Hex(vector.TryGetProperty("iv", out _) ? "iv" : "salt");

    private static byte[] Text(string name) => Encoding.ASCII.GetBytes(Root.GetProperty(name).GetString()!);

    private static JsonElement Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "ss.json")));
        return file.RootElement.Clone();
    }
}

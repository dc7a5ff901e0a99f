using System.Text.Json;

namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>Exchanges recorded between two GOSTs.</summary>
internal static class ObfuscationVectors
{
    private static readonly JsonElement Root = Read();

    /// <summary>What one side sent, write by write. What follows the first one is 5000 times 'A', if anything.</summary>
    public static byte[][] Sent(string name, string direction) =>
    [
        .. Root.GetProperty("vectors").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name)
            .GetProperty("wire").EnumerateArray()
            .Where(write => write.GetProperty("dir").GetString() == direction && write.TryGetProperty("hex", out _))
            .Select(write => Convert.FromHexString(write.GetProperty("hex").GetString()!)),
    ];

    /// <summary>What an application sent through it.</summary>
    public static byte[] Payload(string name) =>
        Root.GetProperty("vectors").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name)
            .GetProperty("application").GetArrayLength() > 2
            ? [.. "hello"u8, .. Enumerable.Repeat((byte)'A', 5000)]
            : "hello"u8.ToArray();

    /// <summary>What a stranger sends to GOST's ohttp.</summary>
    public static string Probe(string what) => Root.GetProperty("probes").EnumerateArray()
        .Single(probe => probe.GetProperty("what").GetString() == what).GetProperty("send").GetString()!;

    private static JsonElement Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "obfuscation.json")));
        return file.RootElement.Clone();
    }
}

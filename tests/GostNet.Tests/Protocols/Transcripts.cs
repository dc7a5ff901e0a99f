using System.Text.Json;

namespace GostNet.Tests.Protocols;

/// <summary>The exchanges recorded from GOST 2.8.1.</summary>
internal static class Transcripts
{
    /// <summary>The bytes of one exchange, in order.</summary>
    public static List<(string Direction, byte[] Bytes, string What)> Read(string name)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "socks5.json")));
        JsonElement transcript = file.RootElement.GetProperty("transcripts").EnumerateArray()
            .Single(t => t.GetProperty("name").GetString() == name);
        return [.. transcript.GetProperty("steps").EnumerateArray()
            .Where(s => s.TryGetProperty("dir", out _))
            .Select(s => (
                s.GetProperty("dir").GetString()!,
                Convert.FromHexString(s.GetProperty("hex").GetString()!),
                s.TryGetProperty("what", out JsonElement what) ? what.GetString()! : ""))];
    }
}

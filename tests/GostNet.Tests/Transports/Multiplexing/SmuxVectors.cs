using System.Text.Json;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Frames recorded from the reference libraries.</summary>
internal static class SmuxVectors
{
    private static readonly JsonElement Root = Read();

    public static IEnumerable<JsonElement> Frames => Root.GetProperty("frames").EnumerateArray();

    public static JsonElement Malformed(string name) => Root.GetProperty("malformed").EnumerateArray().Single(v => Text(v, "name") == name);

    public static JsonElement Scenario(string name) => Root.GetProperty("scenarios").EnumerateArray().Single(v => Text(v, "name") == name);

    public static string Text(JsonElement vector, string property) => vector.GetProperty(property).GetString()!;

    /// <summary>The payload of the recorded long frames: i modulo 251.</summary>
    public static byte[] Pattern(int start, int count) => [.. Enumerable.Range(start, count).Select(i => (byte)(i % 251))];

    private static JsonElement Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "smux.json")));
        return file.RootElement.Clone();
    }
}

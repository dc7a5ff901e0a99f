using System.Text.Json;

namespace GostNet.Ssh.Tests.KeyExchange;

/// <summary>The recorded key exchanges.</summary>
internal static class KexVectors
{
    /// <summary>Single exchanges, with all that is secret.</summary>
    public static JsonElement Root { get; } = Read("kex.json");

    /// <summary>Whole sessions.</summary>
    public static JsonElement Transcripts { get; } = Read("transcripts.json");

    public static byte[] Bytes(this JsonElement element, string name) => Convert.FromHexString(element.Text(name));

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", file))).RootElement;
}

using System.Text;
using System.Text.Json;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>Bytes recorded between two GOST 2.8.1 processes.</summary>
internal static class WebSocketVectors
{
    private static readonly JsonElement Root = Read();

    public static IEnumerable<string> Names => Root.GetProperty("vectors").EnumerateArray().Select(vector => Text(vector, "name"));

    public static IEnumerable<(string Key, string Accept)> AcceptKeys =>
        Root.GetProperty("accept_keys").EnumerateArray().Select(pair => (Text(pair, "key"), Text(pair, "accept")));

    public static JsonElement Get(string name) =>
        Root.GetProperty("vectors").EnumerateArray().Single(vector => Text(vector, "name") == name);

    /// <summary>What was sent in a probe: text, or frames in hexadecimal.</summary>
    public static string Probe(string what) =>
        Text(Root.GetProperty("probes").EnumerateArray().Single(probe => Text(probe, "what") == what), "send");

    public static string Text(JsonElement vector, string property) => vector.GetProperty(property).GetString()!;

    /// <summary>All that one side has sent behind its head.</summary>
    /// <param name="vector">The recording.</param>
    /// <param name="direction">c2s or s2c.</param>
    public static byte[] Frames(JsonElement vector, string direction)
    {
        byte[] all = [.. vector.GetProperty("wire").EnumerateArray()
            .Where(piece => Text(piece, "dir") == direction && piece.TryGetProperty("hex", out _))
            .SelectMany(piece => Convert.FromHexString(Text(piece, "hex")))];
        string head = Text(vector, direction == "c2s" ? "request" : "response");
        Assert.Equal(head, Encoding.ASCII.GetString(all.AsSpan(0, head.Length)));
        return all[head.Length..];
    }

    /// <summary>The writes of the application in one direction.</summary>
    public static IEnumerable<byte[]> Application(JsonElement vector, string direction) =>
        vector.GetProperty("application").EnumerateArray().Where(write => Text(write, "dir") == direction).Select(write =>
            write.TryGetProperty("hex", out JsonElement hex)
                ? Convert.FromHexString(hex.GetString()!)
                : [.. Enumerable.Repeat(Convert.FromHexString(Text(write, "repeat"))[0], write.GetProperty("count").GetInt32())]);

    /// <summary>The header, as the recording decodes it, of each frame in one direction.</summary>
    public static IEnumerable<(bool IsFinal, bool IsCompressed, WebSocketOpcode Opcode, bool IsMasked, ulong Length)> Decoded(
        JsonElement vector, string direction) =>
        vector.GetProperty("decoded").GetProperty($"{direction}_frames").EnumerateArray().Select(frame => (
            frame.GetProperty("fin").GetInt32() == 1,
            frame.GetProperty("rsv1").GetInt32() == 1,
            (WebSocketOpcode)frame.GetProperty("opcode").GetByte(),
            frame.GetProperty("masked").GetInt32() == 1,
            frame.GetProperty("length").GetUInt64()));

    private static JsonElement Read()
    {
        using JsonDocument file =
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "websocket.json")));
        return file.RootElement.Clone();
    }
}

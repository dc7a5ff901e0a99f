using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Tests.Keys;

/// <summary>The vectors of <c>keys.json</c>: five keys, the files that they are in, and signatures of one message.</summary>
internal static class TestKeys
{
    private static readonly JsonElement Root = ReadJson("keys.json");

    public static string[] Names { get; } = [.. Root.GetProperty("keys").EnumerateObject().Select(key => key.Name)];

    public static byte[] Message { get; } = Encoding.ASCII.GetBytes(Root.GetProperty("signed_message").GetString()!);

    public static IReadOnlyList<(string File, string Key, string? Passphrase)> Files { get; } =
    [
        .. Root.GetProperty("files").EnumerateArray().Select(file =>
            (file.GetProperty("file").GetString()!, file.GetProperty("key").GetString()!, file.GetProperty("passphrase").GetString())),
    ];

    public static JsonElement Describe(string name) => Root.GetProperty("keys").GetProperty(name);

    public static byte[] Blob(string name) => Convert.FromBase64String(Describe(name).GetProperty("public_blob_base64").GetString()!);

    public static SshPublicKey Public(string name) => Read(Blob(name));

    public static SshPublicKey Read(ReadOnlySpan<byte> blob)
    {
        Assert.True(PublicKeys.TryRead(blob, out SshPublicKey? key, out string? problem), problem);
        return key;
    }

    /// <summary>A private number, without leading zeros.</summary>
    public static byte[] Number(string name, string number)
    {
        JsonElement value = Describe(name).GetProperty("private").GetProperty(number);
        return value.ValueKind == JsonValueKind.Number
            ? new BigInteger(value.GetUInt64()).ToByteArray(isUnsigned: true, isBigEndian: true)
            : Convert.FromHexString(value.GetString()!.PadLeft((value.GetString()!.Length + 1) / 2 * 2, '0'));
    }

    public static IEnumerable<(string Algorithm, bool IsDeterministic, byte[] Signature)> Signatures(string name) =>
        Describe(name).GetProperty("sigs").EnumerateArray().Select(signature => (
            signature.GetProperty("algorithm").GetString()!,
            signature.GetProperty("deterministic").GetBoolean(),
            Convert.FromHexString(signature.GetProperty("signature_blob_hex").GetString()!)));

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Vectors", file);

    public static JsonElement ReadJson(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(PathOf(file)));
        return document.RootElement.Clone();
    }

    public static TheoryData<string> AllNames { get; } = [.. Names];
}

using GostNet.Tests.Shared.Sources;

namespace GostNet.Ssh.Tests;

/// <summary>Keeps the rooms of src/GostNet.Ssh apart: which may name which is a table, and this is it.</summary>
public sealed class RoomsTests
{
    private static readonly string[] Lowest = ["Wire"];
    private static readonly string[] Cryptography = [.. Lowest, "Ciphers", "KeyExchange", "Keys"];

    private static readonly Rooms Rooms = new("GostNet.Ssh", [], new Dictionary<string, string[]>
    {
        ["Wire"] = [],
        ["Ciphers"] = Lowest,
        ["KeyExchange"] = [.. Lowest, "Ciphers"],
        ["Keys"] = Lowest,
        ["Trust"] = Cryptography,
        ["Authentication"] = [.. Cryptography, "Trust"],
        ["Sessions"] = [.. Cryptography, "Trust", "Authentication"],
        ["Forwarding"] = [.. Cryptography, "Trust", "Authentication", "Sessions"],
        ["Building"] = [.. Cryptography, "Trust", "Authentication", "Sessions", "Forwarding"],
    });

    [Fact]
    public void Folders_OfTheLibrary_AreKnownRooms() => Assert.Empty(Rooms.FindUnknown());

    [Fact]
    public void Namespaces_OfEachFile_AreTheRoomsOrTheRoot() => Assert.Empty(Rooms.FindStrayNamespaces((_, name) => name == "GostNet"));

    [Fact]
    public void Rooms_NamedInEachFile_AreAllowed() => Assert.Empty(Rooms.FindForbidden());

    [Fact]
    public void BouncyCastle_OutsideOfItsSeams_IsNotNamed() => Assert.Empty(Rooms.Complain(file =>
        !Path.GetFileName(file.Path).StartsWith("BouncyCastle", StringComparison.Ordinal)
            && file.Code.Contains("Org.BouncyCastle", StringComparison.Ordinal) ? ["BouncyCastle"] : []));

    [Fact]
    public void FindForbidden_OfARoomThatNamesOneToItsRight_FindsIt() =>
        Assert.Equal(["Trust"], Rooms.FindNamed(new("Sample.cs", "Keys", null, "using GostNet.Ssh.Trust;")));
}

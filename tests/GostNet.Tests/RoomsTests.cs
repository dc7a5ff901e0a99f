using System.Text.RegularExpressions;
using GostNet.Tests.Shared.Sources;

namespace GostNet.Tests;

/// <summary>Keeps the rooms of src/GostNet apart: which may name which is a table, and this is it.</summary>
public sealed partial class RoomsTests
{
    private static readonly Rooms Rooms = new("GostNet", ["Diagnostics", "Internal"], new Dictionary<string, string[]>
    {
        ["Abstractions"] = [],
        ["Transports"] = ["Abstractions"],
        ["Protocols"] = ["Abstractions"],
        ["Selection"] = ["Abstractions"],
        ["Relaying"] = ["Abstractions"],
        ["Chains"] = ["Abstractions", "Transports", "Protocols", "Selection"],
        ["Forwarding"] = ["Abstractions", "Transports", "Protocols", "Selection", "Relaying", "Chains"],
        ["Building"] = ["Abstractions", "Transports", "Protocols", "Selection", "Relaying", "Chains", "Forwarding", "Hosting", "Testing"],
        ["Hosting"] = ["Abstractions", "Building"],
        ["Testing"] = ["Abstractions"],
        ["Diagnostics"] = [],
        ["Internal"] = [],
    });

    [Fact]
    public void Folders_OfTheLibrary_AreKnownRooms() =>
        Assert.Empty(Rooms.FindUnknown());

    [Fact]
    public void Namespaces_OfEachFile_AreTheRoomsOrTheRoot() =>
        Assert.Empty(Rooms.FindStrayNamespaces((file, name) =>
            name == "GostNet" || (file.Room == "Hosting" && name == "Microsoft.Extensions.DependencyInjection")));

    [Fact]
    public void Rooms_NamedInEachFile_AreAllowed() => Assert.Empty(Rooms.FindForbidden());

    [Fact]
    public void Types_OfOneTransport_AreNotNamedByAnother() =>
        Assert.Empty(Rooms.Complain(file => file is { Room: "Transports", Layer: not null }
            ? Rooms.FindTypes(other => other is { Room: "Transports", Layer: not null } && other.Layer != file.Layer)
                .Where(type => Regex.IsMatch(file.Code, $@"\b{type}\b"))
            : []));

    [Fact]
    public void Sockets_InProtocols_AreNotUsed() =>
        Assert.Empty(Rooms.Complain(file => file.Room == "Protocols" ? SocketUse().Matches(file.Code).Select(match => match.Value) : []));

    [Fact]
    public void Polly_OutsideOfSelection_IsNotNamed() =>
        Assert.Empty(Rooms.Complain(file => file.Room == "Selection" ? [] : PollyUse().Matches(file.Code).Select(match => match.Value)));

    [Theory]
    [InlineData("using GostNet.Chains;", "Chains")]
    [InlineData("using static GostNet.Chains.Chain;", "Chains")]
    [InlineData("using C = global::GostNet.Chains.Chain;", "Chains")]
    [InlineData("namespace GostNet.Relaying;\nclass A { Testing.InMemoryNetwork? x; }", "Testing")]
    [InlineData("// GostNet.Chains\n/* GostNet.Chains */ string s = \"GostNet.Chains.\" + @\"\\\" + $\"\\\" GostNet.Chains\";", null)]
    [InlineData("var x = options.Testing.InMemoryNetwork + Selection.MaxFails;", null)]
    public void NamedRooms_OfACodeSample_AreFound(string code, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Rooms.FindNamed(new("Sample.cs", "Relaying", null, Rooms.Strip(code))).Except(["Relaying"]));

    // A connection that stands in front of another one may pass on TryGetSocket.
    [GeneratedRegex(@"(?<!\bout )\bSocket\b")]
    private static partial Regex SocketUse();

    [GeneratedRegex(@"\bPolly\b")]
    private static partial Regex PollyUse();
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary>SSH_MSG_KEXINIT: what one side can do, the best first (RFC 4253, section 7.1).</summary>
/// <remarks>The exchange hash takes the payload as it was sent, not as it would be written again.</remarks>
internal sealed record KexInit
{
    /// <summary>The bytes of the cookie.</summary>
    public const int CookieSize = 16;

    /// <summary>The most bytes that a list may have; real ones have a few hundred.</summary>
    public const int MaxListSize = 8192;

    private const int ListCount = 10;

    /// <summary>Random bytes that make each exchange a new one.</summary>
    public required ImmutableArray<byte> Cookie { get; init; }

    public required ImmutableArray<string> Kex { get; init; }

    public required ImmutableArray<string> HostKeys { get; init; }

    public required ImmutableArray<string> CiphersToServer { get; init; }

    public required ImmutableArray<string> CiphersToClient { get; init; }

    public required ImmutableArray<string> MacsToServer { get; init; }

    public required ImmutableArray<string> MacsToClient { get; init; }

    public ImmutableArray<string> CompressionsToServer { get; init; } = ["none"];

    public ImmutableArray<string> CompressionsToClient { get; init; } = ["none"];

    public ImmutableArray<string> LanguagesToServer { get; init; } = [];

    public ImmutableArray<string> LanguagesToClient { get; init; } = [];

    /// <summary>Whether the sender has guessed the method, and sends its first packet without waiting.</summary>
    public bool FirstKexPacketFollows { get; init; }

    /// <summary>Makes an offer with a new cookie.</summary>
    /// <param name="preferences">What is offered.</param>
    /// <param name="isServer">Whether the server offers it.</param>
    /// <param name="isFirst">Whether it is the first of the connection: it then says what else its side knows, strict key exchange
    /// and EXT_INFO (ssh, section 2.2).</param>
    public static KexInit Create(AlgorithmPreferences preferences, bool isServer, bool isFirst) => new()
    {
        Cookie = ImmutableCollectionsMarshal.AsImmutableArray(RandomNumberGenerator.GetBytes(CookieSize)),
        Kex = isFirst ? [.. preferences.Kex, .. Negotiation.PseudoNames(isServer)] : preferences.Kex,
        HostKeys = preferences.HostKeys,
        CiphersToServer = preferences.Ciphers,
        CiphersToClient = preferences.Ciphers,
        MacsToServer = preferences.Macs,
        MacsToClient = preferences.Macs,
    };

    /// <summary>Reads a payload, its message number included. What follows the last field is ignored.</summary>
    /// <returns>Whether it is a KEXINIT: complete, its lists not too long and of visible ASCII.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out KexInit? kexInit)
    {
        kexInit = null;
        var reader = new SshReader(payload);
        if (!reader.TryReadByte(out byte number) || number != MessageNumber.KexInit
            || !reader.TryReadBytes(CookieSize, out ReadOnlySpan<byte> cookie))
        {
            return false;
        }

        var lists = new ImmutableArray<string>[ListCount];
        foreach (ref ImmutableArray<string> list in lists.AsSpan())
        {
            if (!reader.TryReadName(MaxListSize, out string names))
            {
                return false;
            }

            list = ImmutableCollectionsMarshal.AsImmutableArray(names.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }

        if (!reader.TryReadBoolean(out bool firstKexPacketFollows) || !reader.TryReadUInt32(out _))
        {
            return false;
        }

        kexInit = new()
        {
            Cookie = [.. cookie],
            Kex = lists[0],
            HostKeys = lists[1],
            CiphersToServer = lists[2],
            CiphersToClient = lists[3],
            MacsToServer = lists[4],
            MacsToClient = lists[5],
            CompressionsToServer = lists[6],
            CompressionsToClient = lists[7],
            LanguagesToServer = lists[8],
            LanguagesToClient = lists[9],
            FirstKexPacketFollows = firstKexPacketFollows,
        };
        return true;
    }

    /// <summary>Writes the payload, its message number first.</summary>
    public byte[] Write() => SshWriter.Message(MessageNumber.KexInit)
        .Bytes(Cookie.AsSpan())
        .NameList(Kex)
        .NameList(HostKeys)
        .NameList(CiphersToServer)
        .NameList(CiphersToClient)
        .NameList(MacsToServer)
        .NameList(MacsToClient)
        .NameList(CompressionsToServer)
        .NameList(CompressionsToClient)
        .NameList(LanguagesToServer)
        .NameList(LanguagesToClient)
        .Boolean(FirstKexPacketFollows)
        .UInt32(0)
        .ToArray();
}

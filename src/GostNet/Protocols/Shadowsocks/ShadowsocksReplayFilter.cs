using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Remembers salts and IVs, so that what was recorded cannot be sent once more (proxies, section 5.6). One for each key, for
/// connections and datagrams together.</summary>
/// <remarks>
/// <para>Two Bloom filters: when the newer one is full it becomes the older one, and what that had is forgotten. So the last
/// <see cref="Capacity"/> at least are remembered, in at most <see cref="MaxMemory"/> bytes. A salt that is new is taken for an old one
/// less than once in a million times.</para>
/// <para>Only the salts of those who know the key are to come here, or others could have them forgotten.</para>
/// </remarks>
internal sealed class ShadowsocksReplayFilter
{
    /// <summary>How many salts are remembered at least.</summary>
    public const int Capacity = 250_000;

    /// <summary>The size of both filters.</summary>
    public const int MaxMemory = 2 * FilterSize;

    /// <summary>The shortest that is remembered: shorter ones repeat by chance.</summary>
    public const int MinSaltSize = 8;

    private const int FilterSize = 1024 * 1024;
    private const uint BitMask = (FilterSize * 8) - 1;
    private const int Probes = 16;
    private const int SecretSize = 16;

    private readonly Lock _gate = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SecretSize); // nobody can choose salts that meet
    private readonly int _capacity;
    private ulong[]? _newer;
    private ulong[]? _older;
    private int _count;

    /// <param name="capacity">When a filter is full.</param>
    public ShadowsocksReplayFilter(int capacity = Capacity) => _capacity = capacity;

    /// <summary>Remembers a salt.</summary>
    /// <returns>Whether it is new, or too short to be told from others.</returns>
    public bool TryAdd(ReadOnlySpan<byte> salt)
    {
        if (salt.Length < MinSaltSize)
        {
            return true;
        }

        Span<byte> input = stackalloc byte[SecretSize + 64];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _secret.CopyTo(input);
        salt.CopyTo(input[SecretSize..]);
        SHA256.HashData(input[..(SecretSize + salt.Length)], hash);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        ulong step = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]) | 1;
        lock (_gate)
        {
            if (Has(_newer, first, step) || Has(_older, first, step))
            {
                return false;
            }

            if (_count == _capacity)
            {
                (_newer, _older) = (_older, _newer);
                _newer?.AsSpan().Clear();
                _count = 0;
            }

            _newer ??= new ulong[FilterSize / sizeof(ulong)];
            for (int i = 0; i < Probes; i++, first += step)
            {
                _newer[(first & BitMask) / 64] |= 1ul << (int)(first % 64);
            }

            _count++;
            return true;
        }
    }

    private static bool Has(ulong[]? filter, ulong first, ulong step)
    {
        if (filter is null)
        {
            return false;
        }

        for (int i = 0; i < Probes; i++, first += step)
        {
            if ((filter[(first & BitMask) / 64] & (1ul << (int)(first % 64))) == 0)
            {
                return false;
            }
        }

        return true;
    }
}

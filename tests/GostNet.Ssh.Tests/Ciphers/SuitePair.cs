using System.Buffers.Binary;
using GostNet.Ssh.Ciphers;

namespace GostNet.Ssh.Tests.Ciphers;

/// <summary>Both ends of one direction, with keys that the seed gives.</summary>
internal sealed class SuitePair : IDisposable
{
    public SuitePair(string cipher, string? mac, int seed = 8)
    {
        CipherAlgorithm cipherAlgorithm = CipherSuites.Ciphers[cipher];
        MacAlgorithm? macAlgorithm = mac is null ? null : CipherSuites.Macs[mac];
        var random = new Random(seed);
        byte[] iv = new byte[cipherAlgorithm.IvSize];
        byte[] key = new byte[cipherAlgorithm.KeySize];
        byte[] macKey = new byte[macAlgorithm?.KeySize ?? 0];
        random.NextBytes(iv);
        random.NextBytes(key);
        random.NextBytes(macKey);
        Sealer = CipherSuites.CreateSealer(cipherAlgorithm, macAlgorithm, iv, key, macKey);
        Opener = CipherSuites.CreateOpener(cipherAlgorithm, macAlgorithm, iv, key, macKey);
    }

    public PacketSealer Sealer { get; }

    public PacketOpener Opener { get; }

    /// <summary>A plain packet, padded as the suite asks.</summary>
    public byte[] Frame(Random random, int payload)
    {
        int padding = 4;
        while ((payload + padding + (Sealer.PadsLength ? 5 : 1)) % Sealer.BlockSize != 0)
        {
            padding++;
        }

        byte[] packet = new byte[5 + payload + padding];
        random.NextBytes(packet);
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length - sizeof(uint));
        packet[4] = (byte)padding;
        return packet;
    }

    public byte[] Seal(uint number, byte[] plain)
    {
        byte[] packet = [.. plain, .. new byte[Sealer.TagSize]];
        Sealer.Seal(number, packet);
        return packet;
    }

    public bool TryOpen(uint number, byte[] packet)
    {
        byte[] copy = [.. packet];
        Opener.ReadLength(number, copy.AsSpan(0, Opener.HeaderSize));
        return Opener.TryOpen(number, copy);
    }

    public void Dispose()
    {
        Sealer.Dispose();
        Opener.Dispose();
    }
}

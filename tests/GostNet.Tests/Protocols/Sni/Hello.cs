using System.Buffers.Binary;
using System.Net.Security;
using GostNet.Internal.Tls;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Sni;

/// <summary>Makes ClientHellos, good and bad.</summary>
internal static class Hello
{
    /// <summary>What this machine's TLS sends, in one record.</summary>
    public static async Task<byte[]> RealAsync(string name)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using SslStream tls = new(near.Stream);
        Task handshake = tls.AuthenticateAsClientAsync(name);
        byte[] header = await far.ReadAsync(TlsRecord.HeaderLength).OrFail();
        byte[] body = await far.ReadAsync(TlsRecord.ReadHeader(header).Length).OrFail();
        far.Abort();
        await handshake.OrFail().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. header, .. body];
    }

    /// <summary>A message with these extensions, each with its type and length.</summary>
    public static byte[] Message(params byte[][] extensions)
    {
        byte[] all = [.. extensions.SelectMany(extension => extension)];
        byte[] body =
        [
            3, 3, .. new byte[32], 4, 1, 2, 3, 4, 0, 4, 0x13, 1, 0x13, 2, 1, 0, (byte)(all.Length >> 8), (byte)all.Length, .. all,
        ];
        return [1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    public static byte[] Extension(int type, params byte[] data) =>
        [(byte)(type >> 8), (byte)type, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    /// <summary>A server_name extension with one name.</summary>
    public static byte[] ServerName(ReadOnlySpan<byte> name, byte nameType = 0)
    {
        byte[] data = new byte[5 + name.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(3 + name.Length));
        data[2] = nameType;
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(3), (ushort)name.Length);
        name.CopyTo(data.AsSpan(5));
        return Extension(0, data);
    }

    /// <summary>Puts a message into records of no more than so many bytes.</summary>
    public static byte[] Records(byte[] message, int size = TlsRecord.MaxLength) =>
    [
        .. message.Chunk(size).SelectMany(part => (byte[])[TlsRecord.Handshake, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part]),
    ];
}

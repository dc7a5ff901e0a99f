namespace GostNet.Protocols.Socks;

/// <summary>Hands datagrams to their receivers.</summary>
internal static class DatagramBuffer
{
    /// <summary>Copies a datagram.</summary>
    /// <returns>Its size.</returns>
    /// <exception cref="ForwardException">It does not fit, and is lost.</exception>
    public static int Copy(ReadOnlyMemory<byte> datagram, Memory<byte> buffer)
    {
        if (datagram.Length > buffer.Length)
        {
            throw new ForwardException(
                ForwardError.DatagramTooLarge, $"A datagram of {datagram.Length} bytes does not fit into {buffer.Length}.");
        }

        datagram.CopyTo(buffer);
        return datagram.Length;
    }
}

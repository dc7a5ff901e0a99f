namespace GostNet.Tests.Shared;

/// <summary>What tests do with a connection time and again.</summary>
internal static class ConnectionExtensions
{
    /// <summary>Sends everything and ends the write direction.</summary>
    public static async Task SendAndEndAsync(this IConnection connection, byte[] data)
    {
        await connection.Stream.WriteAsync(data);
        await connection.CompleteWritesAsync();
    }

    /// <summary>Reads until the peer ends its direction.</summary>
    public static async Task<byte[]> ReadToEndAsync(this IConnection connection)
    {
        using var all = new MemoryStream();
        await connection.Stream.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadAsync(this IConnection connection, int count)
    {
        byte[] data = new byte[count];
        await connection.Stream.ReadExactlyAsync(data);
        return data;
    }
}

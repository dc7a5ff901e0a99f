namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Bytes to send.</summary>
internal static class TestData
{
    public static byte[] Random(int seed, int count)
    {
        byte[] data = new byte[count];
        new Random(seed).NextBytes(data);
        return data;
    }
}

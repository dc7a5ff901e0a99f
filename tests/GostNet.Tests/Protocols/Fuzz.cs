using System.Globalization;

namespace GostNet.Tests.Protocols;

/// <summary>Makes hostile messages out of good ones.</summary>
internal static class Fuzz
{
    /// <summary>How many cases to try: the usual number, or what the environment variable GOSTNET_FUZZ_CASES says.</summary>
    public static int Cases(int usual) =>
        Environment.GetEnvironmentVariable("GOSTNET_FUZZ_CASES") is { } cases ? int.Parse(cases, CultureInfo.InvariantCulture) : usual;

    /// <summary>One of the messages with some bytes changed, cut out or doubled, cut short, or with noise behind it.</summary>
    public static ReadOnlySpan<byte> Bend(Random random, byte[][] messages, byte[] space)
    {
        byte[] message = messages[random.Next(messages.Length)];
        message.CopyTo(space, 0);
        int length = message.Length;
        for (int changes = random.Next(4); changes > 0 && length > 0; changes--)
        {
            space[random.Next(length)] =
                random.Next(3) == 0 ? "\r\n \0\u0001\u0003\u0004\u0005"u8[random.Next(8)] : (byte)random.Next(256);
        }

        switch (random.Next(4))
        {
            case 0:
                length = random.Next(length + 1);
                break;
            case 1:
                int noise = random.Next(random.Next(8) == 0 ? space.Length - length : 16);
                random.NextBytes(space.AsSpan(length, noise));
                length += noise;
                break;
        }

        return space.AsSpan(0, length);
    }
}

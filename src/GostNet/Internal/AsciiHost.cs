using System.Globalization;
using System.Text;

namespace GostNet.Internal;

/// <summary>The form in which a host name travels in protocols that speak ASCII: the A-labels of RFC 5890, section 2.3.2.1.</summary>
internal static class AsciiHost
{
    private static readonly IdnMapping Mapping = new();

    /// <summary>The same end point with a host of ASCII characters only.</summary>
    /// <exception cref="ForwardException">The name has no such form.</exception>
    public static HostEndPoint Encode(HostEndPoint endPoint)
    {
        return TryEncode(endPoint.Host) is { } host
            ? host == endPoint.Host ? endPoint : new HostEndPoint(host, endPoint.Port)
            : throw new ForwardException(ForwardError.AddressNotSupported, $"The name in {endPoint} has no ASCII form.")
            {
                Target = endPoint,
                IsTargetFault = true,
            };
    }

    /// <summary>A name in ASCII characters only, or <see langword="null"/> if it has no such form.</summary>
    public static string? TryEncode(string name)
    {
        try
        {
            return Ascii.IsValid(name) ? name : Mapping.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

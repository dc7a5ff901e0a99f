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
        if (Ascii.IsValid(endPoint.Host))
        {
            return endPoint;
        }

        try
        {
            return new HostEndPoint(Mapping.GetAscii(endPoint.Host), endPoint.Port);
        }
        catch (ArgumentException e)
        {
            throw new ForwardException(ForwardError.AddressNotSupported, $"The name in {endPoint} has no ASCII form.", e)
            {
                Target = endPoint,
                IsTargetFault = true,
            };
        }
    }
}

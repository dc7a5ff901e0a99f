using System.Net;

namespace GostNet.Internal;

/// <summary>What is done with addresses that are filled again and again.</summary>
internal static class SocketAddressExtensions
{
    /// <summary>Makes another address equal to this one. Both are of one listener.</summary>
    public static void CopyTo(this SocketAddress address, SocketAddress destination)
    {
        destination.Size = address.Size;
        address.Buffer.CopyTo(destination.Buffer); // whole: addresses are compared with what lies behind their size
    }
}

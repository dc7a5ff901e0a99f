namespace GostNet.Transports.WebSockets;

/// <summary>Why a side ends (RFC 6455, section 7.4.1), as far as it is said here.</summary>
internal static class WebSocketCloseCode
{
    /// <summary>Everything was sent.</summary>
    public const int Normal = 1000;

    /// <summary>The side goes away, and neither sends nor reads any more.</summary>
    public const int GoingAway = 1001;

    /// <summary>The peer broke the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>What the peer sent is not what it says it is: compressed data, or text.</summary>
    public const int InvalidData = 1007;

    /// <summary>The peer does what is not wanted.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>No code; a frame without one stands for it.</summary>
    public const int None = 1005;

    /// <summary>Whether a frame may carry the code (RFC 6455, section 7.4, and the registry it refers to).</summary>
    public static bool IsValid(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}

namespace GostNet.Protocols.Http;

/// <summary>What a proxy's answer to CONNECT means if it is none of 2xx.</summary>
internal static class HttpRefusal
{
    /// <summary>Finds the error, and whether it is the target's.</summary>
    /// <param name="statusCode">The answer.</param>
    /// <param name="hasLogin">Whether the proxy was sent a login.</param>
    public static (ForwardError Error, bool IsTargetFault) Explain(int statusCode, bool hasLogin) => statusCode switch
    {
        401 or 407 when !hasLogin => (ForwardError.AuthenticationRequired, false),
        401 or 407 => (ForwardError.AuthenticationFailed, false),
        403 => (ForwardError.Forbidden, false),
        404 or 502 or 503 => (ForwardError.TargetUnreachable, true),
        504 => (ForwardError.TimedOut, true),
        _ => (ForwardError.ProxyFailure, false),
    };
}

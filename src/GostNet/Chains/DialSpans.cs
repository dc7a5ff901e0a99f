using System.Diagnostics;

namespace GostNet.Chains;

/// <summary>What the spans of dials say of failures.</summary>
internal static class DialSpans
{
    public static string ErrorType(Exception e) => e is ForwardException f ? f.Error.ToString() : e.GetType().Name;

    public static void SetError(Activity? activity, Exception e) =>
        activity?.SetStatus(ActivityStatusCode.Error, e.Message).SetTag("error.type", ErrorType(e));
}

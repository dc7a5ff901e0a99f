namespace GostNet.Protocols.Http;

/// <summary>The head of a response, as far as CONNECT takes notice of it.</summary>
/// <param name="StatusCode">100 to 999.</param>
/// <param name="StatusLine">The status line, fit for a log: at most 200 characters, and only ASCII that can be seen.</param>
internal readonly record struct HttpConnectResponse(int StatusCode, string StatusLine);

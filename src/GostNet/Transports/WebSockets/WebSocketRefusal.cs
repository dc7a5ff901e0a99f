namespace GostNet.Transports.WebSockets;

/// <summary>Why a request does not become a WebSocket.</summary>
/// <param name="Status">The status code and its name, as in the answer.</param>
/// <param name="Reason">What is wrong, for people.</param>
internal sealed record WebSocketRefusal(string Status, string Reason);

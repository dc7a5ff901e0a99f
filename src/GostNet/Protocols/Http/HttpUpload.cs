namespace GostNet.Protocols.Http;

/// <summary>How sending a request ended.</summary>
/// <param name="ClientFailure">What was wrong with the client, if it was the client.</param>
/// <param name="TargetFailure">What was wrong with the target, if it was the target. Its answer may be there all the same.</param>
internal readonly record struct HttpUpload(IOException? ClientFailure = null, Exception? TargetFailure = null);

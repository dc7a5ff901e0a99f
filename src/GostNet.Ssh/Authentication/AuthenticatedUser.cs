using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Authentication;

/// <summary>Who is logged in at a server.</summary>
/// <param name="Name">The user name: without control characters, but not escaped.</param>
/// <param name="Permissions">What may be forwarded.</param>
/// <param name="Method">The method that let the user in.</param>
/// <param name="KeyFingerprint">The key, if it was one.</param>
internal sealed record AuthenticatedUser(string Name, IForwardPermissions Permissions, string Method, string? KeyFingerprint);

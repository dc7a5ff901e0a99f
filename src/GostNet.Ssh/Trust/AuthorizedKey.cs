namespace GostNet.Ssh.Trust;

/// <summary>A line of <c>authorized_keys</c>.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="From">From where the key may log in; <see langword="null"/> for everywhere.</param>
/// <param name="Expiry">Until when, in UTC; <see langword="null"/> for ever.</param>
/// <param name="Permissions">What it may forward.</param>
internal sealed record AuthorizedKey(int Line, AddressList? From, DateTime? Expiry, IForwardPermissions Permissions);

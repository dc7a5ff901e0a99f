namespace GostNet.Forwarding;

/// <summary>Where a forward listens.</summary>
/// <typeparam name="TListener">What listening gives.</typeparam>
/// <param name="ListenAsync">Begins to listen.</param>
/// <param name="IsRemote">Whether that is at the far end of a chain. What listens on this machine is bound when the forward starts, and
/// its end is the forward's; what listens elsewhere may be lost at any time, and is asked for again.</param>
internal sealed record Binding<TListener>(Func<CancellationToken, ValueTask<TListener>> ListenAsync, bool IsRemote)
    where TListener : class, IAsyncDisposable;

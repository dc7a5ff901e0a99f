namespace GostNet.Ssh.Authentication;

/// <summary>The place that a connection takes among those that are not logged in (<see cref="LoginGate"/>).</summary>
/// <remarks>It is given back by <see cref="Succeeded"/>, <see cref="Failed"/> or disposal, whichever comes first; the others do nothing
/// then. A connection that ends without having tried to log in is not a failed login.</remarks>
internal sealed class LoginPass : IDisposable
{
    private readonly LoginGate _gate;
    private readonly LoginSource? _source;
    private int _isGivenBack;

    public LoginPass(LoginGate gate, LoginSource? source)
    {
        _gate = gate;
        _source = source;
    }

    /// <summary>The client has logged in.</summary>
    public void Succeeded() => GiveBack(hasFailed: false);

    /// <summary>The client failed to log in, and has ended.</summary>
    public void Failed() => GiveBack(hasFailed: true);

    /// <summary>The connection has ended.</summary>
    public void Dispose() => GiveBack(hasFailed: false);

    private void GiveBack(bool hasFailed)
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
        {
            _gate.Leave(_source, hasFailed);
        }
    }
}

namespace GostNet.Transports.Tls;

/// <summary>Lets one at a time work on a TLS stream's state. Who has it computes and does not wait, so the others spin.</summary>
/// <remarks>It may be left by another thread than entered it.</remarks>
internal sealed class TlsGate
{
    private int _taken;

    public void Enter()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            spin.SpinOnce();
        }
    }

    public void Leave() => Volatile.Write(ref _taken, 0);
}

using System.Runtime.InteropServices;

namespace GostNet.Examples.Gost;

/// <summary>Ctrl-C and SIGTERM: the first asks for a stop in good order, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, 15)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        context.Cancel = true; // the runtime would end the process
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(ExitCode.Killed + number);
        }

        _stop.Cancel();
    }
}

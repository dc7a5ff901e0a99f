namespace GostNet.Testing;

/// <summary>What the next dials of a target meet: an error, a break after some bytes, or, with neither, silence.</summary>
internal sealed class ScriptedDial(ForwardError? error, long? bytes, int times)
{
    public ForwardError? Error => error;

    public long? Bytes => bytes;

    /// <summary>How many dials it is still for.</summary>
    public int Times { get; set; } = times;
}

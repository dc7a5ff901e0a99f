namespace GostNet.Examples.Gost;

/// <summary>What the shell is told at the end.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped in good order by Ctrl-C or SIGTERM.</summary>
    public const int Success = 0;

    /// <summary>A file or node that cannot be used, nothing to forward, an address that cannot be had, a forward that ended by itself.</summary>
    public const int Failure = 1;

    /// <summary>The arguments cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Plus the signal's number: a second signal came before the stop was done.</summary>
    public const int Killed = 128;
}

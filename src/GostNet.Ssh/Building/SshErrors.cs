using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Building;

/// <summary>Puts what goes wrong while an SSH connection begins into the words of GostNet.</summary>
internal static class SshErrors
{
    /// <summary>Awaits the beginning of a connection.</summary>
    /// <exception cref="ForwardException">The peer refused, or misbehaved.</exception>
    public static async ValueTask<T> TranslateAsync<T>(ValueTask<T> beginning)
    {
        try
        {
            return await beginning.ConfigureAwait(false);
        }
        catch (SshException e)
        {
            throw new ForwardException(e.Error, e.Message, e);
        }
    }
}

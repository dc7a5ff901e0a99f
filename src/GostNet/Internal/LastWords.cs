using System.Buffers;

namespace GostNet.Internal;

/// <summary>Lets a peer read why it was refused: a connection that is aborted, or closed with bytes of the peer unread, takes what was sent
/// last with it.</summary>
internal static class LastWords
{
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <summary>Ends the write direction and waits until the peer closes, for a short time and few bytes.</summary>
    public static async ValueTask LetBeReadAsync(IConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            await connection.CompleteWritesAsync(either.Token).ConfigureAwait(false);
            for (int total = 0, count = 1; count > 0 && total < MaxBytes; total += count)
            {
                count = await connection.Stream.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It had its chance.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

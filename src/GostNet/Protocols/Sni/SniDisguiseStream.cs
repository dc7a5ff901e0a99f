using System.Buffers;
using GostNet.Internal;

namespace GostNet.Protocols.Sni;

/// <summary>A stream that holds back what is written to it until the target's name can be replaced, and then is the stream below.</summary>
internal sealed class SniDisguiseStream(IConnection node, byte[] host, TimeProvider time) : LayeredStream
{
    // How long an application may take for its first message. What it was to become is then not known, and it might bear the name.
    private static readonly TimeSpan HoldTimeout = TimeSpan.FromSeconds(10);

    private byte[]? _held = [];
    private int _count;
    private int _needed;
    private bool _isRefused;
    private ITimer? _limit;

    /// <summary>Whether writes are writes of the stream below.</summary>
    public bool IsDone => Volatile.Read(ref _held) is null;

    protected override Stream Inner => node.Stream;

    public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        IsDone ? Inner.WriteAsync(buffer, cancellationToken)
        : buffer.IsEmpty ? ValueTask.CompletedTask
        : HoldAsync(buffer, cancellationToken);

    /// <summary>Makes sure that nothing is held back when the write direction is ended.</summary>
    /// <exception cref="ForwardException">Something is, and it may bear the name.</exception>
    public void ThrowIfHolding()
    {
        if (!IsDone && _count > 0)
        {
            throw Failure("ended");
        }
    }

    /// <summary>Limits no time any more.</summary>
    public void StopWaiting() => _limit?.Dispose();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _limit?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask HoldAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isRefused)
        {
            throw Failure("is too long or malformed");
        }

        _limit ??= time.CreateTimer(static node => ((IConnection)node!).Abort(), node, HoldTimeout, Timeout.InfiniteTimeSpan);
        if (_held!.Length - _count < buffer.Length)
        {
            Array.Resize(ref _held, Math.Max(2 * _count, _count + buffer.Length)); // less than two longest messages and one write
        }

        buffer.CopyTo(_held.AsMemory(_count));
        _count += buffer.Length;
        if (_count < _needed)
        {
            return;
        }

        OperationStatus status = SniDisguise.Rewrite(_held.AsSpan(0, _count), host, out byte[] output, out _needed);
        if (status == OperationStatus.InvalidData)
        {
            _isRefused = true;
            throw Failure("is too long or malformed");
        }

        if (status == OperationStatus.Done)
        {
            byte[] first = [.. output, .. _held.AsSpan(_needed, _count - _needed)];
            await _limit.DisposeAsync().ConfigureAwait(false);
            Volatile.Write(ref _held, null);
            await Inner.WriteAsync(first, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ForwardException Failure(string what) => new(
        ForwardError.ProtocolError, $"The first message to the target {what} before its name could be replaced; it was not sent.");
}

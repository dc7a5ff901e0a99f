using System.Buffers;

namespace GostNet.Internal;

/// <summary>Reads the frames of a session.</summary>
internal static class FrameReader
{
    private const int ReadSize = 64 * 1024;

    /// <summary>Reads until the peer ends the connection, or nothing more is to be read.</summary>
    /// <returns>How many bytes were not taken when the peer ended the connection: the beginning of a frame.</returns>
    public static async Task<int> RunAsync(Stream carrier, IFrameSink sink)
    {
        byte[]? buffer = null;
        int start = 0;
        int end = 0;
        int inOneGo = 0;
        try
        {
            while (!sink.IsEnded)
            {
                if (buffer is not null)
                {
                    start += sink.TakeFrames(buffer.AsSpan(start, end - start));
                    if (sink.IsPaused)
                    {
                        await sink.WaitForResumeAsync().ConfigureAwait(false);
                        continue;
                    }

                    buffer.AsSpan(start, end - start).CopyTo(buffer);
                    end -= start;
                    start = 0;
                }

                if (inOneGo >= BatchWriter.FairShare)
                {
                    inOneGo = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                if (end == 0 && sink.IsIdle)
                {
                    if (buffer is not null)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                        buffer = null;
                    }

                    await carrier.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                }

                buffer ??= ArrayPool<byte>.Shared.Rent(ReadSize);
                int count = await carrier.ReadAsync(buffer.AsMemory(end)).ConfigureAwait(false);
                if (count == 0)
                {
                    return end;
                }

                end += count;
                inOneGo += count;
            }

            return 0;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}

using System.Net;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <summary>One stream of a session.</summary>
/// <remarks>
/// <para>There is no reset in smux: <see cref="Abort()"/> sends the same FIN as a close, and the peer cannot tell the two apart. What was
/// not read is dropped, and so is what still arrives. After the peer's FIN a read gives what had come before it, then end-of-stream; any
/// other end is an <see cref="IOException"/>.</para>
/// <para>Two locks are never held at once: this one's own for what arrives, the session's for what leaves and for what state the stream
/// is in.</para>
/// </remarks>
internal sealed partial class SmuxConnection : IConnection, ISessionStreamOwner, IStreamInputOwner, IStreamOutputOwner
{
    private readonly SmuxSession _session;
    private readonly SessionStream _stream;
    private readonly StreamOutput _output;

    public SmuxConnection(SmuxSession session, uint id)
    {
        _session = session;
        _stream = new(this);
        Input = new(this);
        _output = new(this, session.Writer);
        Id = id;
        _lastRead = session.Time.GetTimestamp();
    }

    public uint Id { get; }

    /// <summary>What arrives.</summary>
    public StreamInput Input { get; }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _session.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _session.RemoteEndPoint;

    /// <summary>Whether this end was closed: nothing is read any more.</summary>
    public bool IsClosed => Input.Fault is not null;

    /// <summary>Ends both directions and drops what was not read. A write in flight goes on, for a minute at most.</summary>
    public void Close() => Close(StreamFault.Disposed, dropUnsent: false);

    public void Abort() => Close(StreamFault.Aborted, dropUnsent: true);

    /// <summary>As <see cref="Abort()"/>, for a reason that reads and writes will name.</summary>
    public void Abort(StreamFault fault) => Close(fault, dropUnsent: true);

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Close(StreamFault fault, bool dropUnsent)
    {
        CloseReading(fault);
        CloseWriting(dropUnsent);
    }
}

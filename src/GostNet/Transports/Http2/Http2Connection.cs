using System.Net;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <summary>One stream of a session.</summary>
/// <remarks>
/// <para>END_STREAM ends one direction. Closing ends the other one too, with RST_STREAM if the peer has not: NO_ERROR from a server (RFC
/// 9113, section 8.1), CANCEL from a client. GOST closes in that way, and so RST_STREAM with one of these is an end in good order:
/// what came before it is read, then end-of-stream. <see cref="Abort()"/> sends CONNECT_ERROR, the code of a broken connection behind a
/// tunnel (RFC 9113, section 8.5), and with that or any other code reading fails once the rest has been read.</para>
/// <para>Two locks are never held at once: this one's own for what arrives, the session's for what leaves and for what state the stream
/// is in.</para>
/// </remarks>
internal sealed partial class Http2Connection : IRequestingConnection, IRequestedConnection, ISessionStreamOwner,
    IStreamInputOwner, IStreamOutputOwner
{
    private const string NotAsked = "The stream has not been asked for anything yet, or was not answered.";

    private readonly Http2Session _session;
    private readonly SessionStream _stream;
    private readonly RequestHead? _request;
    private readonly TaskCompletionSource<ResponseHead>? _response;
    private readonly StreamOutput _output;

    /// <summary>Makes a client's stream, which gets its id with its request.</summary>
    public Http2Connection(Http2Session session)
    {
        _session = session;
        _stream = new(this);
        Input = new(this);
        _output = new(this, session.Writer);
        _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiveWindow = session.Profile.StreamWindow;
    }

    /// <summary>Makes a server's stream.</summary>
    public Http2Connection(Http2Session session, RequestHead request)
        : this(session)
    {
        _request = request;
        _response = null;
    }

    /// <summary>Its id; 0 until it has one.</summary>
    public uint Id { get; set; }

    /// <summary>What arrives.</summary>
    public StreamInput Input { get; }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _session.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _session.RemoteEndPoint;

    public RequestHead Request => _request ?? throw new InvalidOperationException("This end asks, and is not asked.");

    /// <summary>Whether the answer is still to come.</summary>
    public bool IsWaitingForResponse => _response is { Task.IsCompleted: false };

    public async ValueTask<ResponseHead> RequestAsync(RequestHead request, CancellationToken cancellationToken)
    {
        if (_response is not { } response)
        {
            throw new InvalidOperationException("This end is asked, and does not ask.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_session.Gate)
        {
            if (Id != 0)
            {
                throw new InvalidOperationException("The stream has been asked for something already.");
            }

            if (IsLocallyClosed)
            {
                throw Input.Fault!.ToException();
            }

            _session.SendRequest(this, request);
        }

        _session.Flush();
        try
        {
            return await Deadline.RunAsync(
                Http2Session.ResponseTimeout,
                _session.Time,
                response.Task,
                static (task, token) => new ValueTask<ResponseHead>(task.WaitAsync(token)),
                static _ => "The HTTP/2 peer has not answered",
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Input.Fault!.ToException(); // somebody has closed or aborted the stream meanwhile
        }
        catch
        {
            Abort(StreamFault.Aborted, Http2ErrorCode.Cancel);
            throw;
        }
    }

    public void Respond(ResponseHead response, bool isLast)
    {
        if (_request is null)
        {
            throw new InvalidOperationException("This end asks, and does not answer.");
        }

        lock (_session.Gate)
        {
            if (_isAnswered)
            {
                throw new InvalidOperationException("The stream has been answered already.");
            }

            if (FindEnd() is { } refusal)
            {
                throw refusal;
            }

            SendResponse(response, isLast);
        }

        _session.Flush();
    }

    /// <summary>Takes the answer, or the last one if there were interim ones.</summary>
    public void TakeResponse(ResponseHead response)
    {
        lock (_session.Gate)
        {
            _isAnswered = true;
        }

        _response!.TrySetResult(response);
    }

    /// <summary>Ends both directions: what was not read is dropped, and the peer is told if it does not know.</summary>
    public void Close()
    {
        CloseReading(StreamFault.Disposed);
        CloseWriting();
    }

    public void Abort() => Abort(StreamFault.Aborted, Http2ErrorCode.ConnectError);

    /// <summary>Ends the stream for a fault of the peer's.</summary>
    public void Reset(Http2ErrorCode code, string message)
    {
        ForwardException error = new(ForwardError.ProtocolError, message);
        _response?.TrySetException(error);
        Abort(new(message, error), code);
    }

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Abort(StreamFault fault, Http2ErrorCode code)
    {
        CloseReading(fault);
        lock (_session.Gate)
        {
            IsLocallyClosed = true;
            _output.Fail(fault.ToException());
            if (IsListed)
            {
                _session.SendReset(Id, code);
            }

            _session.Remove(this);
        }

        _session.Flush();
    }
}

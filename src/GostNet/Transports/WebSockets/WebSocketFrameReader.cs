namespace GostNet.Transports.WebSockets;

/// <summary>Takes the payload of messages out of a peer's frames, piece by piece and however the pieces are cut, and sees to it that the
/// peer keeps to RFC 6455, section 5. It waits for no message to be complete, and nothing that it holds grows.</summary>
/// <param name="isServer">Whether the peer is a client, whose frames are masked.</param>
/// <param name="isCompressed">Whether messages may be compressed.</param>
internal sealed class WebSocketFrameReader(bool isServer, bool isCompressed)
{
    private readonly byte[] _partial = new byte[WebSocketCodec.MaxHeaderLength];
    private int _partialLength;
    private WebSocketHeader _header;
    private ulong _left;
    private int _offset;
    private bool _isInMessage;
    private bool _isControlDue;
    private byte[]? _control;
    private int _controlLength;

    /// <summary>Whether the next bytes are payload of a message.</summary>
    public bool IsInPayload => _left > 0 && !_header.IsControl;

    /// <summary>Whether nothing of a frame is missing.</summary>
    public bool IsBetweenFrames => _left == 0 && _partialLength == 0;

    /// <summary>Whether the current message is compressed.</summary>
    public bool IsMessageCompressed { get; private set; }

    /// <summary>The control frame that was read last.</summary>
    public WebSocketOpcode ControlOpcode => _header.Opcode;

    /// <summary>Its payload, good until the next read.</summary>
    public ReadOnlySpan<byte> ControlPayload => _control.AsSpan(0, _controlLength);

    /// <summary>What the peer did wrong.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="destination">Where payload of messages goes to: elsewhere, to where the source begins, or to before that. It is
    /// never written beyond what was taken.</param>
    /// <param name="consumed">How much of the source was taken.</param>
    /// <param name="written">How much payload there was.</param>
    public WebSocketEvent Read(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        (consumed, written) = (0, 0);
        while (Fault is null)
        {
            if (_left > 0)
            {
                int count = Math.Min(source.Length - consumed, _header.IsControl ? int.MaxValue : destination.Length - written);
                if (count == 0)
                {
                    return consumed == source.Length ? WebSocketEvent.NeedMoreData : WebSocketEvent.NeedMoreRoom;
                }

                count = (int)Math.Min((ulong)count, _left);
                Span<byte> space = _header.IsControl ? _control.AsSpan(_offset) : destination[written..];
                WebSocketMask.Apply(source.Slice(consumed, count), space[..count], _header.Mask ?? 0, _offset);
                consumed += count;
                written += _header.IsControl ? 0 : count;
                _offset = unchecked(_offset + count);
                _left -= (uint)count;
            }
            else if (!ReadHeader(source, ref consumed))
            {
                return Fault is null ? WebSocketEvent.NeedMoreData : WebSocketEvent.Fault;
            }

            if (_left > 0)
            {
                continue;
            }

            if (_isControlDue)
            {
                _isControlDue = false;
                return WebSocketEvent.Control;
            }

            if (isCompressed && !_isInMessage)
            {
                return WebSocketEvent.MessageEnd;
            }
        }

        return WebSocketEvent.Fault;
    }

    private bool ReadHeader(ReadOnlySpan<byte> source, ref int consumed)
    {
        ReadOnlySpan<byte> rest = source[consumed..];
        WebSocketHeader header;
        int needed;
        if (_partialLength == 0 && WebSocketCodec.TryReadHeader(rest, out header, out needed))
        {
            consumed += needed;
            return Begin(header);
        }

        while (!WebSocketCodec.TryReadHeader(_partial.AsSpan(0, _partialLength), out header, out needed))
        {
            int count = Math.Min(needed - _partialLength, source.Length - consumed);
            if (count == 0)
            {
                return false;
            }

            source.Slice(consumed, count).CopyTo(_partial.AsSpan(_partialLength));
            consumed += count;
            _partialLength += count;
        }

        _partialLength = 0;
        return Begin(header);
    }

    private bool Begin(in WebSocketHeader header)
    {
        Fault = FindFault(header);
        if (Fault is not null)
        {
            return false;
        }

        _header = header;
        _left = header.Length;
        _offset = 0;
        if (header.IsControl)
        {
            _control ??= new byte[WebSocketCodec.MaxControlLength];
            _controlLength = (int)header.Length;
            _isControlDue = true;
            return true;
        }

        if (header.Opcode != WebSocketOpcode.Continuation)
        {
            IsMessageCompressed = header.Reserved != 0;
        }

        _isInMessage = !header.IsFinal;
        return true;
    }

    private string? FindFault(in WebSocketHeader header)
    {
        bool mayBeCompressed = isCompressed && header.Opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary;
        return header.Opcode is > WebSocketOpcode.Binary and < WebSocketOpcode.Close or > WebSocketOpcode.Pong
                ? $"a frame of the unknown kind {(int)header.Opcode}"
            : (header.Reserved & ~(mayBeCompressed ? WebSocketHeader.Compressed : 0)) != 0 ? "a frame with reserved bits"
            : header.Mask.HasValue != isServer ? isServer ? "a frame without a mask" : "a frame with a mask"
            : header.IsControl && !header.IsFinal ? "a part of a control frame"
            : header.IsControl && header.Length > WebSocketCodec.MaxControlLength ? $"a control frame of {header.Length} bytes"
            : header.Length > long.MaxValue ? "a frame of 2^63 bytes or more"
            : header.Opcode == WebSocketOpcode.Continuation && !_isInMessage ? "the continuation of no message"
            : !header.IsControl && header.Opcode != WebSocketOpcode.Continuation && _isInMessage ? "a message within a message"
            : null;
    }
}

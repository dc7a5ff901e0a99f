using GostNet.Internal.Tls;

namespace GostNet.Transports.Obfuscation;

/// <summary>Takes the frames out of a stream of records, however it is cut into pieces, and leaves the data where it is read into.</summary>
/// <remarks>GOST's own client gets a header that is cut in two wrong, and crashes at an empty record (transports, section 5.7).</remarks>
internal sealed class TlsRecordDecoder
{
    private readonly byte[] _header = new byte[TlsRecord.HeaderLength];
    private TlsRecordPhase _phase;
    private int _headerCount;
    private int _remaining;
    private bool _isData;

    /// <summary>Makes a decoder.</summary>
    /// <param name="first">What comes first: the greeting if the peer is a server, else data.</param>
    public TlsRecordDecoder(TlsRecordPhase first) => _phase = first;

    /// <summary>What is wrong with what came, or <see langword="null"/>. What came before it is good.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether a record has begun and not ended.</summary>
    public bool IsWithinRecord => _headerCount > 0 || _remaining > 0;

    /// <summary>Whether the server's greeting has begun and not ended. The first reply may be a long time behind it.</summary>
    public bool IsWithinGreeting => _phase == TlsRecordPhase.ChangeCipherSpec || (_phase != TlsRecordPhase.Data && IsWithinRecord);

    /// <summary>Moves the data among the bytes to their front.</summary>
    /// <returns>How much data there is.</returns>
    public int Decode(Span<byte> bytes)
    {
        int read = 0;
        int written = 0;
        while (read < bytes.Length && Fault is null)
        {
            if (_remaining == 0)
            {
                _header[_headerCount++] = bytes[read++];
                if (_headerCount == TlsRecord.HeaderLength)
                {
                    _headerCount = 0;
                    BeginRecord();
                }

                continue;
            }

            int count = Math.Min(_remaining, bytes.Length - read);
            if (_isData)
            {
                bytes.Slice(read, count).CopyTo(bytes[written..]);
                written += count;
            }

            read += count;
            _remaining -= count;
        }

        return written;
    }

    private void BeginRecord()
    {
        (byte type, ushort version, int length) = TlsRecord.ReadHeader(_header);
        bool isExpected = _phase switch
        {
            TlsRecordPhase.ServerHello => type == TlsRecord.Handshake && length > 0,
            TlsRecordPhase.ChangeCipherSpec => type == TlsRecord.ChangeCipherSpec && length == 1,
            TlsRecordPhase.FirstReply => type is TlsRecord.Handshake or TlsRecord.ApplicationData,
            _ => type == TlsRecord.ApplicationData,
        };
        if (!isExpected || version >> 8 != 3 || length > TlsRecord.MaxLength)
        {
            Fault = $"{Convert.ToHexStringLower(_header)} (hex), which is not the header of a record that can come here";
            return;
        }

        _isData = _phase >= TlsRecordPhase.FirstReply;
        _remaining = length;
        _phase = _isData ? TlsRecordPhase.Data : _phase + 1;
    }
}

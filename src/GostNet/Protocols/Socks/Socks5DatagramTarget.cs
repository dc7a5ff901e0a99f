using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>What is known of one target of datagrams.</summary>
/// <param name="name">The target as the client named it.</param>
internal sealed class Socks5DatagramTarget(HostEndPoint name)
{
    /// <summary>How long an address is used before it is found out again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long it is not asked again for an address that there is none of, or that is forbidden.</summary>
    public static readonly TimeSpan ProblemLifetime = TimeSpan.FromSeconds(2);

    /// <summary>How many datagrams wait for the address.</summary>
    public const int MaxWaiting = 8;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _waiting = new();
    private SocketAddress? _address;
    private string? _problem;
    private bool _isResolving;
    private long? _resolved;

    public HostEndPoint Name => name;

    /// <summary>Whether the caller is to find out the address now. What is known already stays in use meanwhile.</summary>
    public bool BeginResolving(TimeProvider time)
    {
        lock (_gate)
        {
            if (_isResolving
                || (_resolved is { } stamp && time.GetElapsedTime(stamp) < (_problem is null ? Lifetime : ProblemLifetime)))
            {
                return false;
            }

            _isResolving = true;
            return true;
        }
    }

    /// <summary>The address is not being found out after all.</summary>
    public void GiveUpResolving()
    {
        lock (_gate)
        {
            _isResolving = false;
        }
    }

    /// <summary>Takes the next datagram that waited, to be sent or dropped; with the last of them the result is made known.</summary>
    /// <param name="address">The address, or <see langword="null"/> if there is none.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="time">The clock.</param>
    public byte[]? Settle(SocketAddress? address, string? problem, TimeProvider time)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out byte[]? datagram))
            {
                return datagram;
            }

            _address = address;
            _problem = problem;
            _resolved = time.GetTimestamp();
            _isResolving = false;
            return null;
        }
    }

    /// <summary>Takes in a datagram.</summary>
    /// <param name="datagram">The datagram; if it has to wait it is copied.</param>
    /// <param name="address">Where to send it, if it need not wait.</param>
    /// <returns>Why it is to be dropped, or <see langword="null"/> if it is not.</returns>
    public string? Accept(ReadOnlyMemory<byte> datagram, out SocketAddress? address)
    {
        lock (_gate)
        {
            address = _address;
            string? reason = address is not null ? null
                : _problem is not null ? _problem
                : !_isResolving ? "too many names are being resolved"
                : _waiting.Count == MaxWaiting ? "too many wait for the address of its target"
                : null;
            if (address is null && reason is null)
            {
                _waiting.Enqueue(datagram.ToArray());
            }

            return reason;
        }
    }
}

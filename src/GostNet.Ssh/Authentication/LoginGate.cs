using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Ssh.Authentication;

/// <summary>Keeps the connections of one listener that are not logged in few, and those away that fail to log in again and again
/// (ssh, section 5).</summary>
/// <remarks>
/// <para>A source is an IPv4 address, or the first 64 bits of an IPv6 address. The loopback addresses, and connections without an address,
/// count like all others towards what is open in all, but are no source: a proxy in front of the server comes from there with everybody's
/// connections.</para>
/// <para>A client that has logged in does not clear its source: several people may share it.</para>
/// </remarks>
internal sealed class LoginGate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, LoginSource> _sources = [];
    private readonly LinkedList<LoginSource> _idle = []; // those with failures and nothing open, the oldest first
    private readonly LoginGateSettings _settings;
    private readonly long _start;
    private int _open;

    public LoginGate(LoginGateSettings settings)
    {
        _settings = settings;
        _start = settings.Time.GetTimestamp();
    }

    /// <summary>What a connection that is not taken is told, in place of the version line, before it is closed; OpenSSH says the
    /// same.</summary>
    public static ReadOnlySpan<byte> Refusal => "Not allowed at this time\r\n"u8;

    /// <summary>How many connections are open and not logged in.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>How many sources are remembered.</summary>
    public int SourceCount
    {
        get
        {
            lock (_gate)
            {
                return _sources.Count;
            }
        }
    }

    /// <summary>Asks whether a new connection is to be taken.</summary>
    /// <param name="source">From where it comes.</param>
    /// <param name="pass">If it is: to be given back as soon as the client has logged in or the connection has ended.</param>
    public bool TryEnter(IPAddress? source, [NotNullWhen(true)] out LoginPass? pass)
    {
        string? reason;
        lock (_gate)
        {
            reason = Enter(NetworkOf(source), out LoginSource? known);
            pass = reason is null ? new LoginPass(this, known) : null;
        }

        if (reason is not null)
        {
            _settings.Logger.LogConnectionRejected(source?.ToString() ?? "somewhere without an address", reason);
        }

        return pass is not null;
    }

    /// <summary>Takes a pass back.</summary>
    internal void Leave(LoginSource? source, bool hasFailed)
    {
        TimeSpan penalty = TimeSpan.Zero;
        int failures = 0;
        lock (_gate)
        {
            _open--;
            if (source is null)
            {
                return;
            }

            source.Open--;
            if (hasFailed)
            {
                penalty = AddFailure(source);
                failures = source.Failures;
            }

            if (source.Open == 0)
            {
                KeepOrForget(source);
            }
        }

        if (penalty > TimeSpan.Zero)
        {
            _settings.Logger.LogSourcePenalized(failures, source.Network.ToString(), penalty.TotalSeconds);
        }
    }

    /// <summary>What the limits of a source are for.</summary>
    private static IPAddress? NetworkOf(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        if (address is null || IPAddress.IsLoopback(address))
        {
            return null;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private TimeSpan Now() => _settings.Time.GetElapsedTime(_start);

    /// <summary>Counts a connection in, or says why it is not taken.</summary>
    private string? Enter(IPAddress? network, out LoginSource? source)
    {
        source = null;
        if (_open >= _settings.DropFrom && _settings.Random.Next(100) < DropPercentage())
        {
            return "too many are open that are not logged in";
        }

        if (network is not null)
        {
            if (!_sources.TryGetValue(network, out source))
            {
                source = new LoginSource(network);
                _sources.Add(network, source);
            }
            else if (source.Failures > 0 && Now() is var now)
            {
                if (now < source.PenaltyEnd)
                {
                    return "too many logins from there failed";
                }

                if (now >= source.ForgottenAt)
                {
                    source.Failures = 0;
                }
            }

            if (source.Open >= _settings.MaxOpenPerSource)
            {
                return "too many from there are open that are not logged in";
            }

            source.Open++;
            if (source.Node is { } node)
            {
                source.Node = null;
                _idle.Remove(node);
            }
        }

        _open++;
        return null;
    }

    /// <summary>How many of a hundred connections are dropped at this moment.</summary>
    private int DropPercentage() => _open >= _settings.MaxOpen
        ? 100
        : _settings.DropPercentage
            + ((100 - _settings.DropPercentage) * (_open - _settings.DropFrom) / (_settings.MaxOpen - _settings.DropFrom));

    /// <summary>Counts a failed login.</summary>
    /// <returns>The penalty that begins with it, if one does.</returns>
    private TimeSpan AddFailure(LoginSource source)
    {
        TimeSpan now = Now();
        if (now < source.PenaltyEnd)
        {
            return TimeSpan.Zero; // it was open when the penalty began
        }

        source.Failures = now >= source.ForgottenAt ? 1 : Math.Min(source.Failures + 1, _settings.FailuresToPenalty + 32);
        source.ForgottenAt = now + _settings.MaxPenalty;
        int excess = source.Failures - _settings.FailuresToPenalty;
        if (excess < 0)
        {
            return TimeSpan.Zero;
        }

        TimeSpan penalty = TimeSpan.FromTicks((long)Math.Min(_settings.MaxPenalty.Ticks, _settings.Penalty.Ticks * Math.Pow(2, excess)));
        source.PenaltyEnd = now + penalty;
        source.ForgottenAt = source.PenaltyEnd + _settings.MaxPenalty;
        return penalty;
    }

    /// <summary>Nothing is open any more: remembers the source only if it has failed, and not too many of those.</summary>
    private void KeepOrForget(LoginSource source)
    {
        if (source.Failures == 0)
        {
            _sources.Remove(source.Network);
            return;
        }

        source.Node = _idle.AddLast(source);
        while (_idle.Count > _settings.MaxSources)
        {
            _sources.Remove(_idle.First!.Value.Network);
            _idle.RemoveFirst();
        }
    }
}

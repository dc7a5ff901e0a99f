using GostNet.Internal;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>What happens by the clock.</content>
/// <remarks>Keep-alive and rekeying have timers of their own. What is due some time after an event is looked for once a second, and only
/// while there is such a thing.</remarks>
internal sealed partial class SshConnection
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>How long what a peer sent before it closed a channel is kept while nobody reads it.</summary>
    private static readonly TimeSpan UnreadTimeout = TimeSpan.FromSeconds(60);

    private ITimer? _ticking;
    private ITimer? _keepAlive;
    private ITimer? _rekey;
    private bool _isTicking;
    private int _misses;

    /// <summary>Has the clock looked at. The caller holds the gate.</summary>
    internal void StartTicking()
    {
        if (!_isTicking && !_isEnded)
        {
            _isTicking = true;
            _ticking!.Change(Tick, Tick);
        }
    }

    private void CreateTimers()
    {
        _ticking = Create(self => self.OnTick());
        _keepAlive = Create(self => self.KeepAlive());
        _rekey = Create(self =>
        {
            self.BeginExchangeIfDue();
            self.Flush();
        });

        ITimer Create(Action<SshConnection> action) =>
            Time.CreateTimer(_ => action(this), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void StartTimers()
    {
        lock (Gate)
        {
            _keepAlive!.Change(_settings.KeepAliveInterval, _settings.KeepAliveInterval);
            RestartRekeyTimer();
        }
    }

    /// <summary>The caller holds the gate.</summary>
    private void RestartRekeyTimer()
    {
        if (_isLoggedIn && !_isEnded)
        {
            _rekey!.Change(_settings.RekeyInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task StopTimersAsync()
    {
        foreach (ITimer? timer in (ITimer?[])[_ticking, _keepAlive, _rekey])
        {
            await timer!.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks a peer that has been silent whether it lives.</summary>
    private void KeepAlive()
    {
        if (Interlocked.Exchange(ref _hasHeardPeer, 0) == 1)
        {
            _misses = 0;
            return;
        }

        if (++_misses > _settings.KeepAliveMisses)
        {
            End(TimedOut($"The SSH peer has sent nothing for {(_misses * _settings.KeepAliveInterval).TotalSeconds:0.###} s."));
            return;
        }

        lock (Gate)
        {
            if (!_isClosing && !_isEnded)
            {
                Ask(KeepAliveName, default, new(onSuccess: null));
            }
        }

        Flush();
    }

    private void OnTick()
    {
        SshException? error = null;
        List<SshChannel>? unread = null;
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            long now = Time.GetTimestamp();
            bool isAnythingTimed = _writeStarted != 0 || _exchangeStarted != 0;
            TimeSpan writeTimeout = (_settings.KeepAliveMisses + 1) * _settings.KeepAliveInterval;
            if (writeTimeout > TimeSpan.Zero && _writeStarted != 0 && Time.GetElapsedTime(_writeStarted, now) >= writeTimeout)
            {
                error = TimedOut($"The SSH peer has read nothing for {writeTimeout.TotalSeconds:0.###} s.");
            }
            else if (_exchangeStarted != 0 && Time.GetElapsedTime(_exchangeStarted, now) >= _settings.RekeyTimeout)
            {
                error = TimedOut($"The SSH peer has not exchanged keys within {_settings.RekeyTimeout.TotalSeconds:0.###} s.");
            }

            foreach (SshChannel channel in _unread)
            {
                if (Time.GetElapsedTime(Math.Max(channel.Since, channel.LastRead), now) >= UnreadTimeout)
                {
                    (unread ??= []).Add(channel);
                }
            }

            isAnythingTimed |= _unread.Count > 0;
            if (!isAnythingTimed)
            {
                _isTicking = false;
                _ticking!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        if (error is not null)
        {
            End(error);
            return;
        }

        foreach (SshChannel channel in unread ?? [])
        {
            channel.Abort(new StreamFault("The peer has closed this channel, and nobody has read what it had sent."));
        }
    }

    private static SshException TimedOut(string message) => new(DisconnectReason.ConnectionLost, ForwardError.TimedOut, message);
}

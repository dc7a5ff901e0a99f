using System.Security.Cryptography;
using System.Threading.Channels;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>What lies between the first keys and the first channel.</content>
internal sealed partial class SshConnection
{
    // A peer that sends faster than the login takes is not read any further.
    private const int MaxLoginMessages = 8;

    private readonly LoginPipe _login;
    private readonly Channel<byte[]> _mailbox = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxLoginMessages) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _handshakeToken;
    private IReadOnlyList<string>? _serverSignatureAlgorithms;
    private bool _isSuccessSent;

    private async ValueTask TakeLoginMessageAsync(ReadOnlyMemory<byte> payload)
    {
        byte number = payload.Span[0];
        if (_isLoggedIn)
        {
            if (number != MessageNumber.UserAuthRequest)
            {
                Refuse();
            }

            return; // RFC 4252, section 5.1
        }

        byte[] message = payload.ToArray();
        ClearTaken();
        if (!_mailbox.Writer.TryWrite(message))
        {
            await _mailbox.Writer.WaitToWriteAsync(_handshakeToken).ConfigureAwait(false);
            if (!_mailbox.Writer.TryWrite(message))
            {
                return; // the login has ended without it
            }
        }

        if (_role == SshRole.Client && number == MessageNumber.UserAuthSuccess)
        {
            await WaitForServiceAsync().ConfigureAwait(false); // what follows is for the handler
        }
    }

    /// <summary>Lets a login end that has told the peer so; what the peer then sends may come sooner than that is known here.</summary>
    private async ValueTask WaitForLoginAsync()
    {
        if (!Volatile.Read(ref _isSuccessSent))
        {
            throw SshException.Protocol("The peer has sent messages of a connection before the login.");
        }

        await WaitForServiceAsync().ConfigureAwait(false);
    }

    private async ValueTask WaitForServiceAsync()
    {
        await _served.Task.ConfigureAwait(false);
        if (!_isLoggedIn)
        {
            throw Error ?? new IOException("The login has failed.");
        }
    }

    private void TakeExtInfo(ReadOnlySpan<byte> payload)
    {
        if (!TransportMessages.TryReadServerSignatureAlgorithms(payload, out IReadOnlyList<string>? names))
        {
            throw SshException.Protocol("The peer has sent an EXT_INFO that is cut short.");
        }

        if (_role == SshRole.Client && names is not null)
        {
            Volatile.Write(ref _serverSignatureAlgorithms, names);
        }
    }

    /// <summary>Overwrites what may be a password in the buffer that is read into.</summary>
    private void ClearTaken() =>
        CryptographicOperations.ZeroMemory(_in.AsSpan(0, _inStart));

    /// <summary>The connection as a login sees it.</summary>
    private sealed class LoginPipe(SshConnection connection) : IAuthenticationPipe
    {
        private byte[] _last = [];

        public ReadOnlyMemory<byte> SessionId => connection._sessionId;

        public IReadOnlyList<string>? ServerSignatureAlgorithms => Volatile.Read(ref connection._serverSignatureAlgorithms);

        public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (connection.Gate)
            {
                if (connection._isEnded)
                {
                    throw connection.Error ?? new IOException("The peer has closed the SSH connection.");
                }

                if (payload.Span[0] == MessageNumber.UserAuthSuccess)
                {
                    Volatile.Write(ref connection._isSuccessSent, true);
                }

                connection.Enqueue(payload.ToArray(), isSecret: true);
            }

            connection.Flush();
            return ValueTask.CompletedTask;
        }

        public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
        {
            CryptographicOperations.ZeroMemory(_last);
            try
            {
                _last = await connection._mailbox.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return _last;
            }
            catch (ChannelClosedException e) when (e.InnerException is { } error)
            {
                throw error;
            }
        }
    }
}

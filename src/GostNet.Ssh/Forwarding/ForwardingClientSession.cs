using System.Globalization;
using System.Net;
using GostNet.Internal;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>Port forwarding through an SSH server (ssh, sections 1.3 and 4): what is opened over it has yet to say what for.</summary>
internal sealed class ForwardingClientSession : ChannelSession
{
    private readonly RemotePorts _ports;
    private readonly string _server;

    private ForwardingClientSession(ISshConnection connection, RemotePorts ports, string server)
        : base(connection)
    {
        _ports = ports;
        _server = server;
    }

    /// <summary>Begins a session.</summary>
    /// <param name="server">The server's name in messages.</param>
    /// <param name="connect">Connects and logs in; is given what handles what the server asks for. The session owns the connection.</param>
    public static async ValueTask<ForwardingClientSession> StartAsync(
        string server, Func<ISshConnectionHandler, ValueTask<ISshConnection>> connect)
    {
        RemotePorts ports = new(server);
        ISshConnection connection = await connect(ports).ConfigureAwait(false);
        ports.CloseWith(connection);
        return new(connection, ports, server);
    }

    public override ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) =>
        Connection.Completion.IsCompleted
            ? throw new IOException($"The connection to SSH server {_server} has ended.", Connection.Error)
            : new(new Opened(this));

    public override ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) => AcceptNothingAsync(cancellationToken);

    private async ValueTask<IConnection> ConnectAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        target = AsciiHost.Encode(target);
        byte[] data = ForwardingCodec.WriteOpening(ForwardingCodec.ToHost(target.Host), target.Port, originator: null);
        try
        {
            return await Connection.OpenChannelAsync(ForwardingCodec.DirectTcpip, data, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelRefusedException e)
        {
            throw ForwardErrors.ToForwardException(e, _server, target);
        }
    }

    private async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        // Every interface, as GOST writes it; servers narrow it down by their own rules.
        string text = endPoint.Host.Length == 0 ? "0.0.0.0" : AsciiHost.Encode(endPoint).Host;
        Task<RemotePort> asking = AskAsync(text, endPoint);
        try
        {
            return await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = ReleaseAsync(asking);
            throw;
        }
    }

    private async Task<RemotePort> AskAsync(string text, HostEndPoint endPoint)
    {
        RemotePort? port = null;
        bool isListening = await Connection.RequestAsync(
            ForwardingCodec.TcpipForward,
            ForwardingCodec.WriteAddress(text, endPoint.Port),
            answer => port = Register(answer.Span),
            CancellationToken.None).ConfigureAwait(false);
        if (!isListening)
        {
            string place = endPoint.Port == 0
                ? "a port of its choice"
                : string.Create(CultureInfo.InvariantCulture, $"port {endPoint.Port}");
            throw Failure(
                ForwardError.ProxyFailure,
                $"does not listen at {place}: it may be taken there, or not allowed by the server's AllowTcpForwarding, GatewayPorts or PermitListen, "
                + "or by permitlisten of the key");
        }

        return port ?? throw Failure(ForwardError.ProtocolError, "says that it listens, and not at which port");

        RemotePort? Register(ReadOnlySpan<byte> answer) =>
            endPoint.Port != 0 ? _ports.Add(Connection, text, endPoint.Port)
            : ForwardingCodec.TryReadPort(answer, out int chosen) ? _ports.Add(Connection, text, chosen)
            : null;

        ForwardException Failure(ForwardError error, string what) =>
            new(error, $"SSH server {_server}, asked to listen at {new HostEndPoint(endPoint.Host, endPoint.Port)}, {what}.") { Target = endPoint };
    }

    /// <summary>Gives up a port that nobody waits for any more.</summary>
    private static async Task ReleaseAsync(Task<RemotePort> asking)
    {
        try
        {
            RemotePort port = await asking.ConfigureAwait(false);
            await port.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // There is none.
        }
    }

    /// <summary>One that was opened, which becomes a channel if a target is asked for.</summary>
    private sealed class Opened(ForwardingClientSession session) : RequestConnection(localEndPoint: null, remoteEndPoint: null), IForwardingConnection
    {
        private int _isUsed;

        public async ValueTask ConnectAsync(HostEndPoint target, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(target);
            Use();
            IConnection channel = await session.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            if (!TryBecome(channel))
            {
                await channel.DropAsync().ConfigureAwait(false);
                throw new IOException("The connection was closed while it was being made.");
            }
        }

        public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(endPoint);
            Use();
            return session.ListenAsync(endPoint, cancellationToken);
        }

        private void Use()
        {
            if (Interlocked.Exchange(ref _isUsed, 1) != 0)
            {
                throw new InvalidOperationException("The connection was used already.");
            }
        }
    }
}

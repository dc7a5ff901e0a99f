using System.Net;
using System.Text;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Forwarding;

/// <summary>Port forwarding for one client of a server (ssh, sections 4 and 5): its connections are <see cref="IConnectRequest"/>s and
/// <see cref="IListenRequest"/>s.</summary>
internal sealed class ForwardingServerSession : ServerSession
{
    /// <summary>What somebody who wants a shell is told.</summary>
    public const string Notice = "this server only forwards ports: use ssh -N";

    private const string NoMoreSessions = "no-more-sessions@openssh.com";

    private readonly ForwardingServerSettings _settings;
    private readonly Lock _gate = new();
    private readonly List<ListenRequest> _listening = [];
    private bool _isOver;
    private int _connecting;

    /// <summary>Begins a session.</summary>
    /// <param name="connection">The connection, which the session owns.</param>
    /// <param name="settings">What it goes by.</param>
    public ForwardingServerSession(ISshConnection connection, ForwardingServerSettings settings)
        : base(connection, Notice)
    {
        _settings = settings;
        EndWith(ReleasePorts);
    }

    public override void OnGlobalRequest(GlobalRequest request)
    {
        switch (request.Name)
        {
            case ForwardingCodec.TcpipForward:
                Listen(request);
                break;
            case ForwardingCodec.CancelTcpipForward:
                Cancel(request);
                break;
            default:
                request.Answer(request.Name == NoMoreSessions); // there are none
                break;
        }
    }

    protected override void Open(ChannelOpening opening)
    {
        if (opening.Type != ForwardingCodec.DirectTcpip)
        {
            opening.Refuse(ChannelOpenFailure.UnknownChannelType, "unknown channel type");
            return;
        }

        if (!ForwardingCodec.TryReadOpening(opening.Data.Span, out ForwardOpening asked))
        {
            throw SshException.Protocol("The client opened a direct-tcpip channel without what belongs to it.");
        }

        if (asked.Host is null || !ForwardingCodec.IsPort(asked.Port))
        {
            opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, asked.Host is null ? "that is no host" : "that is no port");
            return;
        }

        string host = ForwardingCodec.ToHost(asked.Host);
        if (ForwardingCodec.ToEndPoint(host, asked.Port) is not { } target)
        {
            (ChannelOpenFailure failure, string text) = ForwardErrors.ToRefusal(ForwardError.NameNotResolved);
            opening.Refuse(failure, text);
        }
        else if (!_settings.Permissions.MayOpen(host, target.Port))
        {
            _settings.Logger.ConnectNotPermitted(_settings.RemoteEndPoint, target);
            opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, "not permitted to connect there");
        }
        else if (Interlocked.Increment(ref _connecting) > _settings.MaxPendingConnects)
        {
            Interlocked.Decrement(ref _connecting);
            opening.Refuse(ChannelOpenFailure.ResourceShortage, "too many connections are being made");
        }
        else
        {
            ConnectRequest request = new(opening, target, _settings, () => Interlocked.Decrement(ref _connecting));
            if (!Offer(() => request))
            {
                request.Refuse(ForwardError.Unknown);
            }
        }
    }

    private void Listen(GlobalRequest request)
    {
        if (!ForwardingCodec.TryReadAddress(request.Data.Span, out string? address, out uint number)
            || address is null || number > IPEndPoint.MaxPort
            || (number == 0 && !request.WantsReply)) // the client would never learn which port it is
        {
            request.Answer(isDone: false);
            return;
        }

        int port = (int)number;
        HostEndPoint[] places = ListenAddresses.Find(address, port, _settings.GatewayPorts);
        if (places.Length == 0 || !_settings.Permissions.MayListen(address, port))
        {
            _settings.Logger.ListenNotPermitted(_settings.RemoteEndPoint, Escape(address), port);
            request.Answer(isDone: false);
            return;
        }

        ListenRequest? listen = null;
        Task before = Task.CompletedTask;
        lock (_gate)
        {
            if (!_isOver && _listening.Count < _settings.MaxListeners && !_listening.Exists(l => l.IsFor(address, number)))
            {
                // The client may have cancelled the same port a moment ago, and ask for it anew.
                before = Task.WhenAll(_listening.FindAll(l => l.IsEnding && l.Port == port).ConvertAll(l => l.Gone));
                listen = new(request, Connection, address, port, places, _settings, Forget);
                _listening.Add(listen);
            }
        }

        if (listen is null)
        {
            request.Answer(isDone: false);
            return;
        }

        if (ListenAddresses.IsNarrowed(address, _settings.GatewayPorts))
        {
            _settings.Logger.ListenNarrowed(_settings.RemoteEndPoint, Escape(address), port);
        }

        if (before.IsCompleted)
        {
            Offer(listen);
        }
        else
        {
            _ = OfferBehindAsync(before, listen);
        }
    }

    private async Task OfferBehindAsync(Task before, ListenRequest listen)
    {
        await before.ConfigureAwait(false);
        Offer(listen);
    }

    private void Offer(ListenRequest listen)
    {
        if (!Offer(() => listen))
        {
            listen.Refuse(ForwardError.Unknown);
        }
    }

    private void Cancel(GlobalRequest request)
    {
        ListenRequest? found = null;
        if (ForwardingCodec.TryReadAddress(request.Data.Span, out string? address, out uint port) && address is not null)
        {
            lock (_gate)
            {
                found = _listening.Find(listen => listen.IsFor(address, port));
            }
        }

        if (found is null)
        {
            request.Answer(isDone: false);
            return;
        }

        found.End();
        _ = AnswerAsync(request, found);
    }

    /// <summary>Tells the client that a port is released once it is.</summary>
    private static async Task AnswerAsync(GlobalRequest request, ListenRequest listen)
    {
        await listen.Gone.ConfigureAwait(false);
        request.Answer(isDone: true);
    }

    private void Forget(ListenRequest listen)
    {
        lock (_gate)
        {
            _listening.Remove(listen);
        }
    }

    private static string Escape(string address) => PeerText.Escape(Encoding.UTF8.GetBytes(address));

    private void ReleasePorts()
    {
        List<ListenRequest> left;
        lock (_gate)
        {
            _isOver = true;
            left = [.. _listening];
        }

        left.ForEach(listen => listen.End());
    }
}

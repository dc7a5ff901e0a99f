using System.Globalization;
using System.Net;
using GostNet.Diagnostics;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <content>Listening at the node (socks, sections 6 and 7).</content>
internal sealed partial class Socks5Connector
{
    public async ValueTask<IListener> ListenAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(openNode);
        ArgumentNullException.ThrowIfNull(endPoint);
        HostEndPoint asked = ToBindAddress(endPoint);

        // A number for this listener's control connections alone. Telling apart those of one client needs no cryptographic randomness.
        byte share = _settings.Sessions > 1 ? (byte)_settings.Random.Next(1, 256) : (byte)0;
        ForwardException? muxRefusal = null;
        if (_settings.Multiplex is not null && !_muxBind.IsUnknown)
        {
            Socks5Answer answer = await AskAsync(openNode, Socks5Command.MuxBind, asked, cancellationToken, share).ConfigureAwait(false);
            muxRefusal = answer.Refusal;
            if (muxRefusal is null)
            {
                return Listen(answer, openNode, Socks5Command.MuxBind, asked, share);
            }

            if (!answer.MayNotKnow)
            {
                throw muxRefusal;
            }
        }

        Socks5Answer bind = await AskAsync(openNode, Socks5Command.Bind, asked, cancellationToken, share).ConfigureAwait(false);
        if (bind.Refusal is { } refusal)
        {
            _muxBind.Forget();
            throw bind.MayNotKnow ? Missing(asked, refusal, muxRefusal, "it cannot listen for connections, or must not") : refusal;
        }

        if (muxRefusal is not null && _muxBind.Remember())
        {
            _settings.Logger.CommandReplaced(
                _node, NameOf(Socks5Command.MuxBind), NameOf(Socks5Command.Bind) + ", one peer at a time,", muxRefusal.Message);
        }

        return Listen(bind, openNode, Socks5Command.Bind, asked, share);
    }

    /// <summary>The address as it goes into a request. What GOST would turn into every interface without a word is refused (gost-nodes,
    /// section 6, D10; socks, section 14, 15).</summary>
    private HostEndPoint ToBindAddress(HostEndPoint endPoint)
    {
        if (endPoint.Host.Length == 0)
        {
            return new("0.0.0.0", endPoint.Port); // GOST opens IPv6 with it
        }

        if (endPoint.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return new("127.0.0.1", endPoint.Port); // everywhere, by RFC 6761, section 6.3
        }

        string? fault = endPoint.Host.Contains('%') ? "SOCKS5 cannot carry the zone of an IPv6 address"
            : endPoint.Port == 0 && !endPoint.TryGetAddress(out _)
                ? "a server that does not know the name listens on every interface, and with port 0 that would not be noticed"
            : null;
        return fault is null ? endPoint : throw new ForwardException(
            ForwardError.AddressNotSupported,
            $"SOCKS5 proxy {_node} is not asked to listen at {endPoint}: {fault}; write an address of the node's.")
        {
            Target = endPoint,
        };
    }

    private Socks5RemoteListener Listen(
        Socks5Answer first,
        Func<CancellationToken, ValueTask<IConnection>> openNode,
        Socks5Command command,
        HostEndPoint asked,
        byte share)
    {
        HostEndPoint bound = new(asked.Host, first.Bound!.Port);
        var listener = new Socks5RemoteListener(
            bound,
            async stop =>
            {
                Socks5Answer answer = await AskAsync(openNode, command, bound, stop, share).ConfigureAwait(false);
                return answer.Refusal is { } refusal ? throw refusal : answer;
            },
            command == Socks5Command.MuxBind ? _settings.Multiplex : null,
            _settings.Time,
            () => _settings.Logger.BindShared(_node, bound.ToString()),
            (count, reason) => _settings.Logger.BindNotShared(_node, bound.ToString(), count, reason));
        listener.Start(first, _settings.Sessions);
        return listener;
    }

    /// <summary>Opens a control connection and asks for something on it, within the time for that.</summary>
    /// <param name="openNode">Opens it.</param>
    /// <param name="command">What to ask for.</param>
    /// <param name="asked">The address to ask for. If it is one to listen at, the server has to listen there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="share">The number of those who share the port, or 0.</param>
    /// <param name="target">If nothing is listened at, what it is for.</param>
    /// <returns>The answer. If it is a refusal, the connection is closed already.</returns>
    /// <exception cref="ForwardException">The negotiation failed, or the server granted something else.</exception>
    private async ValueTask<Socks5Answer> AskAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode,
        Socks5Command command,
        HostEndPoint asked,
        CancellationToken cancellationToken,
        byte share = 0,
        HostEndPoint? target = null)
    {
        IConnection node = await openNode(cancellationToken).ConfigureAwait(false);
        IConnection? connection = null;
        try
        {
            Socks5Answer answer = await Deadline.RunAsync(
                _settings.ReplyTimeout,
                _settings.Time,
                (Connector: this, node, command, asked, share, target),
                static (s, stop) => s.Connector.RequestAsync(s.node, s.command, s.asked, s.share, s.target ?? s.asked, stop),
                static s => $"SOCKS5 proxy {s.Connector._node} did not answer {NameOf(s.command)}",
                cancellationToken).ConfigureAwait(false);
            connection = answer.Connection;
            if (answer.Refusal is null && target is null)
            {
                CheckPort(answer, asked);
            }

            if (answer.Refusal is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                await node.DisposeAsync().ConfigureAwait(false);
            }

            return answer;
        }
        catch (Exception e)
        {
            node.Abort();
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            await node.DisposeAsync().ConfigureAwait(false);
            if (e is ForwardException { Error: ForwardError.TimedOut, Node: null })
            {
                throw new ForwardException(ForwardError.TimedOut, e.Message, e) { Node = _node, Target = target ?? asked };
            }

            throw;
        }
    }

    /// <summary>Refuses another port than was asked for: dante takes one when that is taken, and reports success (socks, section
    /// 13).</summary>
    private static void CheckPort(Socks5Answer answer, HostEndPoint asked)
    {
        if (asked.Port != 0 && answer.Bound?.Port != asked.Port)
        {
            string actual = answer.Bound?.Port.ToString(CultureInfo.InvariantCulture) ?? "unknown";
            throw answer.Exchange.Failure(
                ForwardError.ProxyFailure, $"listens at port {actual} in its place; that port is taken there, or may not be had");
        }

        if (answer.Bound is null or { Port: 0 } && asked is { Port: 0 })
        {
            throw answer.Exchange.Failure(ForwardError.ProtocolError, "does not tell the port that it chose");
        }
    }

    /// <summary>The failure of a server that lacks all the commands that would do.</summary>
    private ForwardException Missing(HostEndPoint target, ForwardException last, ForwardException? first, string conclusion) => new(
        last.Error is ForwardError.CommandNotSupported ? last.Error : first?.Error ?? last.Error,
        $"{last.Message.TrimEnd('.')}{(first is null ? "" : $", and before that: {first.Message.TrimEnd('.')}")}. So {conclusion}.",
        last)
    {
        Node = _node,
        Target = target,
    };
}

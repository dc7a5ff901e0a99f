using System.Buffers;
using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>Sends datagrams to the targets that a client names.</summary>
/// <remarks>
/// <para>A target is resolved beside the flow of datagrams, so that a name whose server is slow does not hold up the others (gost-nodes,
/// section 6, D11).</para>
/// <para>A datagram that cannot go is dropped and counted. GOST ends the tunnel (socks, section 8.2).</para>
/// <para>One caller at a time.</para>
/// </remarks>
/// <param name="port">Where datagrams go out.</param>
/// <param name="host">Resolves, and counts.</param>
/// <param name="takesEmptyHost">Whether a name of no characters is this machine, as GOST's clients write it, and not a mistake.</param>
internal sealed class Socks5DatagramSender(IDatagramListener port, IDatagramHost host, bool takesEmptyHost) : IAsyncDisposable
{
    /// <summary>How many targets are resolved at the same time.</summary>
    public const int MaxResolving = 16;

    /// <summary>How many targets are remembered.</summary>
    public const int MaxKnown = 1024;

    private readonly Dictionary<byte[], Socks5DatagramTarget> _known = new(Socks5AddressBytes.Comparer);
    private readonly CancellationTokenSource _ending = new();
    private readonly RunningCount _resolving = new(); // and the sender itself, until it is disposed

    /// <summary>Sends one datagram, or drops it.</summary>
    /// <param name="address">The target as the client wrote it: ATYP | ADDR | PORT.</param>
    /// <param name="datagram">The bytes. They are the caller's again once this has completed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask SendAsync(ReadOnlySpan<byte> address, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        SocketAddress? destination = null;
        string? problem = address is [.., 0, 0] ? "its target has no port"
            : datagram.Length > Socks5DatagramCodec.MaxPayload ? "it is larger than UDP carries"
            : Find(address) is not { } target ? "its target is no address"
            : Accept(target, datagram, out destination);
        if (problem is not null)
        {
            host.DropDatagram(datagram.Length, problem);
        }

        return destination is null ? ValueTask.CompletedTask : SendAsync(datagram, destination, cancellationToken);
    }

    /// <summary>Gives up resolving.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        _resolving.Leave();
        await _resolving.Drained.ConfigureAwait(false);
        _ending.Dispose();
    }

    private Socks5DatagramTarget? Find(ReadOnlySpan<byte> address)
    {
        Dictionary<byte[], Socks5DatagramTarget>.AlternateLookup<ReadOnlySpan<byte>> lookup =
            _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(address, out Socks5DatagramTarget? target)
            && Socks5Address.Read(address, out HostEndPoint? name, out _) == OperationStatus.Done && name is not null && (name.Host.Length > 0 || takesEmptyHost))
        {
            if (_known.Count == MaxKnown)
            {
                _known.Clear(); // what waits still goes out
            }

            target = new Socks5DatagramTarget(name);
            lookup[address] = target;
        }

        return target;
    }

    private string? Accept(Socks5DatagramTarget target, ReadOnlyMemory<byte> datagram, out SocketAddress? destination)
    {
        if (target.BeginResolving(host.Time))
        {
            if (_resolving.Enter() <= MaxResolving + 1)
            {
                _ = ResolveAsync(target); // sees to its own failures, and is waited for by its place in the count
            }
            else
            {
                _resolving.Leave();
                target.GiveUpResolving();
            }
        }

        return target.Accept(datagram, out destination);
    }

    private async Task ResolveAsync(Socks5DatagramTarget target)
    {
        SocketAddress? address = null;
        string? problem = null;
        try
        {
            address = port.GetAddress(await host.ResolveAsync(target.Name, _ending.Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            problem = e.Message; // whatever it is, it is told with each datagram that it costs
        }

        while (target.Settle(address, problem, host.Time) is { } datagram)
        {
            if (address is null)
            {
                host.DropDatagram(datagram.Length, problem!);
            }
            else
            {
                await SendAsync(datagram, address, _ending.Token).ConfigureAwait(false);
            }
        }

        _resolving.Leave();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, SocketAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await port.SendToAsync(datagram, address, cancellationToken).ConfigureAwait(false);
            host.CountBytes(fromClient: true, datagram.Length);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            host.DropDatagram(datagram.Length, e.Message);
        }
    }
}

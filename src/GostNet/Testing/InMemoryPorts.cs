using System.Net;

namespace GostNet.Testing;

/// <summary>Who listens where.</summary>
internal sealed class InMemoryPorts<T>
    where T : class
{
    private const int FirstFreePort = 49152; // RFC 6335, section 6: the dynamic ports

    private readonly Lock _gate = new();
    private readonly Dictionary<InMemoryAddress, T> _bound = [];
    private int _nextPort = FirstFreePort;

    /// <summary>Binds what <paramref name="create"/> makes of the address that was given.</summary>
    /// <exception cref="IOException">The address is in use, or no port is free.</exception>
    public T Bind(HostEndPoint endPoint, Func<InMemoryAddress, T> create)
    {
        InMemoryAddress address = InMemoryAddress.ForListening(endPoint);
        lock (_gate)
        {
            if (address.Port == 0)
            {
                address = address with { Port = TakeFreePort() };
            }
            else if (IsBusy(address))
            {
                throw new IOException($"{endPoint} cannot be listened on: the address is in use.");
            }

            T listener = create(address);
            _bound.Add(address, listener);
            return listener;
        }
    }

    /// <summary>Whoever answers at a target, or <see langword="null"/>.</summary>
    public T? Find(HostEndPoint target)
    {
        InMemoryAddress address = InMemoryAddress.ForDialing(target);
        lock (_gate)
        {
            return _bound.GetValueOrDefault(address)
                ?? (address.IsLoopback ? _bound.GetValueOrDefault(InMemoryAddress.Any(address.Port)) : null);
        }
    }

    public void Release(InMemoryAddress address)
    {
        lock (_gate)
        {
            _bound.Remove(address);
        }
    }

    private bool IsBusy(InMemoryAddress address) =>
        _bound.ContainsKey(address)
        || (address.IsAny && _bound.ContainsKey(InMemoryAddress.Loopback(address.Port)))
        || (address.IsLoopback && _bound.ContainsKey(InMemoryAddress.Any(address.Port)));

    private int TakeFreePort()
    {
        for (int tries = FirstFreePort; tries <= IPEndPoint.MaxPort; tries++)
        {
            int port = _nextPort;
            _nextPort = port == IPEndPoint.MaxPort ? FirstFreePort : port + 1;
            if (_bound.Keys.All(address => address.Port != port))
            {
                return port;
            }
        }

        throw new IOException("No port is free.");
    }
}

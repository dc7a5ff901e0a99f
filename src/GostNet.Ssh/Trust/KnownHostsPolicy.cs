using System.Net;
using GostNet.Internal;
using GostNet.Ssh.Keys;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Trust;

/// <summary>Takes a server whose key is in <c>known_hosts</c> (ssh, section 2.11). The files are read anew when they have
/// changed.</summary>
/// <remarks>What is revoked for the server, with its port or without, or for its address, is always refused. Then the name with its port
/// decides; only if no key is listed for it, the same name without the port may vouch for the key, as with OpenSSH.</remarks>
internal sealed class KnownHostsPolicy : IHostKeyPolicy
{
    private readonly KnownHostsFile[] _files;
    private readonly int _port;
    private readonly HostKeyCheck _check;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly string _nameWithoutPort;

    private Verified? _verified; // so that those who connect often do not read a long file often
    private Known? _known;
    private SshPublicKey? _unwritten; // taken, and written nowhere

    /// <summary>Makes a policy.</summary>
    /// <param name="paths">The files, at least one; those that do not exist know nobody. The first is added to.</param>
    /// <param name="host">The server as it is configured: a name or an address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="check">What becomes of a server that is not known.</param>
    /// <param name="logger">Is told of everything that is not in order.</param>
    public KnownHostsPolicy(IReadOnlyList<string> paths, string host, int port, HostKeyCheck check, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count);
        _files = [.. paths.Select(path => new KnownHostsFile(path, logger))];
        (_port, _check, _logger) = (port, check, logger);
        _name = KnownHostName.Of(host, port);
        _nameWithoutPort = KnownHostName.Of(host, KnownHostName.DefaultPort);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> KnownTypes
    {
        get
        {
            FileStamp?[] stamps = Stamps();
            if (Volatile.Read(ref _unwritten) is { } unwritten)
            {
                return [unwritten.Type];
            }

            if (Volatile.Read(ref _known) is { } known && known.Stamps.AsSpan().SequenceEqual(stamps))
            {
                return known.Types;
            }

            IReadOnlyList<string> types;
            try
            {
                types = FindTypes(_name);
                types = types.Count > 0 || _name == _nameWithoutPort ? types : FindTypes(_nameWithoutPort);
            }
            catch (IOException)
            {
                return []; // Verify is where it is told
            }

            Volatile.Write(ref _known, new(stamps, types));
            return types;
        }
    }

    /// <inheritdoc/>
    public void Verify(SshPublicKey key, IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        FileStamp?[] stamps = Stamps();
        if (Volatile.Read(ref _verified) is { } verified && verified.Stamps.AsSpan().SequenceEqual(stamps)
            && verified.Key.Span.SequenceEqual(key.Blob.Span) && Equals(verified.Address, address))
        {
            return;
        }

        KnownHost exact = Look(key, _name);
        KnownHost? withoutPort = _name == _nameWithoutPort ? null : Look(key, _nameWithoutPort);
        string plainAddress = address?.ToString() ?? _nameWithoutPort;
        KnownHost? byAddress = plainAddress == _nameWithoutPort ? null : Look(key, KnownHostName.Of(plainAddress, _port), plainAddress);

        if ((exact.Revoked ?? withoutPort?.Revoked ?? byAddress?.Revoked) is { } revoked)
        {
            throw HostKeyRefusal.Revoked(_name, key, revoked);
        }

        if (exact.Listed is null && exact.Other is { } other)
        {
            throw HostKeyRefusal.Changed(_name, key, other, exact.OtherKey);
        }

        if ((exact.Listed ?? withoutPort?.Listed) is not { } place)
        {
            TakeUnknown(key, exact.Authority ?? withoutPort?.Authority);
            return;
        }

        if (exact.Listed is null)
        {
            _logger.HostFoundWithoutPort(_name, place);
        }

        if (byAddress is { Listed: null, Other: { } otherOfAddress })
        {
            _logger.AddressDiffers(_name, address!, otherOfAddress);
        }

        Volatile.Write(ref _verified, new(stamps, key.Blob, address));
    }

    private void TakeUnknown(SshPublicKey key, KnownHostPlace? authority)
    {
        if (_check == HostKeyCheck.None)
        {
            _logger.HostNotVerified(_name, HostKeyRefusal.Describe(key), KeyFingerprint.Sha256(key.Blob.Span));
        }
        else if (authority is { } place)
        {
            throw HostKeyRefusal.Certificate(_name, key, place);
        }
        else if (_check == HostKeyCheck.Strict)
        {
            throw HostKeyRefusal.Unknown(_name, key, [.. _files.Select(file => file.FullName)]);
        }
        else
        {
            TakeNew(key);
        }
    }

    private void TakeNew(SshPublicKey key)
    {
        lock (KnownHostsFile.Adding)
        {
            if (_unwritten is { } earlier)
            {
                if (!earlier.Blob.Span.SequenceEqual(key.Blob.Span))
                {
                    throw HostKeyRefusal.ChangedSince(_name, key, HostKeyRefusal.Describe(earlier));
                }

                return;
            }

            KnownHost now = Look(key, _name); // another connection may have added it just now
            if (now.Listed is not null)
            {
                return;
            }

            if (now.Other is { } other)
            {
                throw HostKeyRefusal.Changed(_name, key, other, now.OtherKey);
            }

            try
            {
                _files[0].Add(_name, key);
                _logger.HostAdded(_name, _files[0].FullName, HostKeyRefusal.Describe(key));
            }
            catch (IOException e)
            {
                Volatile.Write(ref _unwritten, key);
                _logger.HostNotAdded(_name, HostKeyRefusal.Describe(key), _files[0].FullName, e.Message);
            }
        }
    }

    /// <summary>What the files say of names.</summary>
    /// <exception cref="Wire.SshException">A file cannot be read, and nothing but known hosts will do.</exception>
    private KnownHost Look(SshPublicKey key, params ReadOnlySpan<string> names)
    {
        var findings = new KnownHost();
        foreach (KnownHostsFile file in _files)
        {
            try
            {
                foreach (string name in names)
                {
                    file.Find(name, key, findings);
                }
            }
            catch (IOException e)
            {
                if (_check != HostKeyCheck.None)
                {
                    throw HostKeyRefusal.Unreadable(_name, key, file.FullName, e);
                }

                _logger.KnownHostsNotRead(file.FullName, e.Message);
            }
        }

        return findings;
    }

    private IReadOnlyList<string> FindTypes(string name)
    {
        var findings = new KnownHost();
        foreach (KnownHostsFile file in _files)
        {
            file.Find(name, null, findings);
        }

        return findings.Types;
    }

    private FileStamp?[] Stamps() => Array.ConvertAll(_files, file => FileStamp.Of(file.FullName));

    private sealed record Verified(FileStamp?[] Stamps, ReadOnlyMemory<byte> Key, IPAddress? Address);

    private sealed record Known(FileStamp?[] Stamps, IReadOnlyList<string> Types);
}

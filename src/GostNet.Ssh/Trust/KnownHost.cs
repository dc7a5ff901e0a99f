namespace GostNet.Ssh.Trust;

/// <summary>What <c>known_hosts</c> files say of a name and of the key that it shows. Of several lines of a kind it is the first.</summary>
internal sealed class KnownHost
{
    /// <summary>More types than this are not told of.</summary>
    public const int MaxTypes = 16;

    private readonly List<string> _types = [];

    /// <summary>Where the key is revoked.</summary>
    public KnownHostPlace? Revoked { get; set; }

    /// <summary>Where the key is listed as the host's.</summary>
    public KnownHostPlace? Listed { get; set; }

    /// <summary>Where another key is listed as the host's.</summary>
    public KnownHostPlace? Other { get; set; }

    /// <summary>The type and the fingerprint of <see cref="Other"/>.</summary>
    public string OtherKey { get; set; } = "";

    /// <summary>Where an authority is listed whose certificates the host would show.</summary>
    public KnownHostPlace? Authority { get; set; }

    /// <summary>The types of the keys that are listed as the host's.</summary>
    public IReadOnlyList<string> Types => _types;

    /// <summary>Takes note of a type.</summary>
    public void AddType(string type)
    {
        if (_types.Count < MaxTypes && !_types.Contains(type))
        {
            _types.Add(type);
        }
    }
}

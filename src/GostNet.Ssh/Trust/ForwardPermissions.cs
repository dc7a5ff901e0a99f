using System.Collections.Immutable;

namespace GostNet.Ssh.Trust;

/// <summary>What may be forwarded, by lists of targets and of addresses to listen at (ssh, section 2.12).</summary>
internal sealed class ForwardPermissions : IForwardPermissions
{
    private readonly ImmutableArray<ForwardRule>? _open;
    private readonly ImmutableArray<ForwardRule>? _listen;

    /// <summary>Makes permissions of rules.</summary>
    /// <param name="open">What may be connected to; <see langword="null"/> for everything.</param>
    /// <param name="listen">What may be listened at; <see langword="null"/> for everything.</param>
    public ForwardPermissions(IEnumerable<ForwardRule>? open, IEnumerable<ForwardRule>? listen)
    {
        _open = open?.ToImmutableArray();
        _listen = listen?.ToImmutableArray();
    }

    /// <summary>Everything may be forwarded.</summary>
    public static ForwardPermissions All { get; } = new(null, null);

    /// <summary>Nothing may be forwarded.</summary>
    public static ForwardPermissions Nothing { get; } = new([], []);

    /// <summary>Whether everything may be forwarded.</summary>
    public bool IsUnlimited => _open is null && _listen is null;

    /// <summary>Reads the lists that a server is configured with: rules as in <c>authorized_keys</c> between commas or blanks, or one of
    /// the words <c>any</c> and <c>none</c>.</summary>
    /// <param name="permitOpen">What may be connected to; <see langword="null"/> or empty for everything.</param>
    /// <param name="permitListen">What may be listened at; <see langword="null"/> or empty for everything.</param>
    /// <exception cref="FormatException">One of the rules cannot be read; the message says which, and what to write.</exception>
    public static ForwardPermissions FromLists(string? permitOpen, string? permitListen) =>
        new(ReadList(permitOpen, isListen: false), ReadList(permitListen, isListen: true));

    /// <summary>What two allow both.</summary>
    public static IForwardPermissions Both(IForwardPermissions one, IForwardPermissions other) =>
        one is ForwardPermissions { IsUnlimited: true } ? other : other is ForwardPermissions { IsUnlimited: true } ? one : new BothPermissions(one, other);

    /// <inheritdoc/>
    public bool MayOpen(string host, int port) => _open is not { } rules || rules.Any(rule => rule.IsTarget(host, port));

    /// <inheritdoc/>
    public bool MayListen(string host, int port) => _listen is not { } rules || rules.Any(rule => rule.IsListenAddress(host, port));

    private static List<ForwardRule>? ReadList(string? list, bool isListen)
    {
        string[] texts = (list ?? "").Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        switch (texts)
        {
            case [] or ["any"]:
                return null;
            case ["none"]:
                return [];
        }

        var rules = new List<ForwardRule>(texts.Length);
        foreach (string text in texts)
        {
            rules.Add(ForwardRule.TryParse(text, isListen, out ForwardRule? rule, out string? problem)
                ? rule
                : throw new FormatException(problem + "; or one of 'any' and 'none' alone"));
        }

        return rules;
    }

    private sealed class BothPermissions(IForwardPermissions one, IForwardPermissions other) : IForwardPermissions
    {
        public bool MayOpen(string host, int port) => one.MayOpen(host, port) && other.MayOpen(host, port);

        public bool MayListen(string host, int port) => one.MayListen(host, port) && other.MayListen(host, port);
    }
}

using System.Collections.Immutable;

namespace GostNet.Building;

/// <summary>Where a forward listens and what it reaches, as the user wrote it.</summary>
internal sealed class EndPointTexts
{
    private readonly string _listen;
    private readonly ImmutableArray<string> _targets;

    public EndPointTexts(string listen, IEnumerable<string> targets)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(targets);
        _listen = listen;
        _targets = [.. targets];
    }

    public EndPointTexts(HostEndPoint listen, IEnumerable<HostEndPoint> targets)
        : this(listen?.ToString()!, targets?.Select(t => t.ToString())!)
    {
    }

    /// <summary>What to call the forward as long as its end points have not been read.</summary>
    public string Describe(string kind) => $"{kind}://{_listen}";

    /// <summary>The end points, or <see langword="null"/> after saying what is wrong with them.</summary>
    public (HostEndPoint Listen, ImmutableArray<Node> Targets)? Read(string kind, BuildProblems problems)
    {
        string forward = Describe(kind);
        HostEndPoint? listen = ReadOne(_listen, forward, "the listening address", problems);
        var targets = ImmutableArray.CreateBuilder<Node>();
        foreach (string text in _targets)
        {
            if (ReadOne(text, forward, "a target", problems) is { } target)
            {
                targets.Add(new Node(target));
                if (target.Port == 0)
                {
                    problems.Add($"{forward}: the target {target} has port 0; write the port to reach");
                }
            }
        }

        return listen is null || targets.Count < _targets.Length ? null : (listen, targets.ToImmutable());
    }

    private static HostEndPoint? ReadOne(string text, string forward, string what, BuildProblems problems)
    {
        if (HostEndPoint.TryParse(text, out HostEndPoint? endPoint, out string? problem))
        {
            return endPoint;
        }

        problems.Add($"{forward}: {what} cannot be read: {problem}");
        return null;
    }
}

namespace GostNet.Building.Nodes;

/// <summary>Collects what is wrong with one node URL and what is worth a look, so that everything is told at once.</summary>
internal sealed class NodeUrlFindings
{
    private readonly List<(NodeUrlError Code, string Message)> _errors = [];
    private readonly List<(NodeUrlWarning Code, string Message)> _warnings = [];

    public IReadOnlyList<(NodeUrlError Code, string Message)> Errors => _errors;

    public IReadOnlyList<(NodeUrlWarning Code, string Message)> Warnings => _warnings;

    /// <summary>Notes an error.</summary>
    /// <param name="code">Its kind.</param>
    /// <param name="message">Names the part and the value, and says what to write.</param>
    public void Add(NodeUrlError code, string message) => _errors.Add((code, message));

    public void Warn(NodeUrlWarning code, string message) => _warnings.Add((code, message));

    /// <summary>Passes everything on, with the name of the URL in front.</summary>
    public void Report(string url, BuildProblems problems)
    {
        foreach ((_, string message) in _errors)
        {
            problems.Add($"{url}: {message}");
        }

        foreach ((_, string message) in _warnings)
        {
            problems.Warn($"{url}: {message}");
        }
    }
}

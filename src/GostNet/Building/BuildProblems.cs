using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GostNet.Building;

/// <summary>Collects what is wrong with a configuration, so that everything is reported at once.</summary>
internal sealed class BuildProblems(BuildSettings settings)
{
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    public BuildSettings Settings => settings;

    public bool Any => _errors.Count > 0;

    /// <summary>All errors in one line.</summary>
    public string Summary => string.Join("; ", _errors);

    public void Add(string error) => _errors.Add(error);

    /// <summary>Adds why an option was refused, without the name of a parameter in code, which means nothing to whoever wrote the option.
    /// </summary>
    public void Add(string owner, ArgumentException refusal)
    {
        string message = refusal.Message;
        int end = message.LastIndexOf($" (Parameter '{refusal.ParamName}')", StringComparison.Ordinal);
        Add($"{owner}: {(end < 0 ? message : message[..end])}");
    }

    /// <summary>Notes something that is accepted but worth a look. The same warning is given once.</summary>
    public void Warn(string warning)
    {
        if (!_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }

    /// <exception cref="OptionsValidationException">There is an error.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new OptionsValidationException(nameof(ForwardBuilder), typeof(ForwardBuilder), _errors);
        }
    }

    public void LogWarnings()
    {
        ILogger logger = (settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Configuration);
        foreach (string warning in _warnings)
        {
            logger.ConfigurationWarning(warning);
        }
    }
}

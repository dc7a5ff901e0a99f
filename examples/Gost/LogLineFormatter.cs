using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace GostNet.Examples.Gost;

/// <summary>One line for each log entry: time, level, message. The framework's own formatter adds stack traces, which tell a user
/// nothing.</summary>
internal sealed class LogLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string level = logEntry.LogLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
        string time = DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.WriteLine(ToOneLine($"{time} {level} {message}{(logEntry.Exception is { } e ? $": {e.Message}" : "")}"));
    }

    /// <summary>What peers send is part of some messages. It must not end the line, nor command the terminal.</summary>
    private static string ToOneLine(string text)
    {
        var line = new StringBuilder(text);
        for (int i = 0; i < line.Length; i++)
        {
            if (char.IsControl(line[i]))
            {
                line[i] = ' ';
            }
        }

        return line.ToString();
    }
}

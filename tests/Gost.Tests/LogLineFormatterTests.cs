using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Examples.Gost.Tests;

public sealed class LogLineFormatterTests
{
    [Fact]
    public void Write_Exception_IsOneLineWithoutStackTrace()
    {
        string line = Format("It failed", Thrown("no such thing"));

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} warn  It failed: no such thing\r?\n$", line);
    }

    [Fact]
    public void Write_ControlCharacters_AreBlanks()
    {
        string line = Format("a\r\nb\u001b[31mc", null);

        Assert.EndsWith("a  b [31mc", line.TrimEnd(), StringComparison.Ordinal);
    }

    private static string Format(string message, Exception? exception)
    {
        using var writer = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "category", new EventId(1), message, exception, (state, _) => state);
        new LogLineFormatter().Write(entry, null, writer);
        return writer.ToString();
    }

    private static IOException Thrown(string message)
    {
        try
        {
            throw new IOException(message);
        }
        catch (IOException e)
        {
            return e;
        }
    }
}

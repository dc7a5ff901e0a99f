using GostNet.Examples.Gost.Demo;

namespace GostNet.Examples.Gost;

/// <summary>Where it starts: reads the arguments and does what they ask for.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        ServeOnSocketThreads();
        CommandLine commandLine = CommandLine.Read(args);
        if (commandLine.Help)
        {
            Console.Out.Write(HelpText.Text);
            return ExitCode.Success;
        }

        if (commandLine.Errors.Count > 0)
        {
            return Fail(ExitCode.Usage, [.. commandLine.Errors, "gost -h lists what can be written"]);
        }

        if (commandLine.Version)
        {
            Console.Out.WriteLine(HelpText.Version);
            return ExitCode.Success;
        }

        using var stop = new StopSignals();
        try
        {
            if (args.Length == 0)
            {
                await Demonstration.RunAsync(stop.Token);
                return ExitCode.Success;
            }

            IReadOnlyList<string> errors = await ForwardCommand.RunAsync(commandLine, new SocketNetwork(), stop.Token);
            return errors.Count == 0 ? ExitCode.Success : Fail(ExitCode.Failure, errors);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception e)
        {
            return Fail(ExitCode.Failure, [commandLine.Debug == true ? e.ToString() : $"{e.Message} ({e.GetType().Name}; -D tells more)"]);
        }
    }

    /// <summary>Lets what follows a read or write run on the thread that waited for it, which saves a change of threads for each.</summary>
    /// <remarks>That suits a program whose work is to pass bytes on and never blocks. .NET reads the variable when the first socket is
    /// made. A value from outside stays.</remarks>
    private static void ServeOnSocketThreads()
    {
        const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }

    private static int Fail(int exitCode, IReadOnlyList<string> errors)
    {
        foreach (string error in errors)
        {
            Console.Error.WriteLine($"gost: {error}");
        }

        return exitCode;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace GostNet.Examples.Gost;

/// <summary>What gost is for: forwards as the arguments and the file say, until it is told to stop.</summary>
internal static class ForwardCommand
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>Forwards until told to stop.</summary>
    /// <param name="commandLine">What to forward.</param>
    /// <param name="network">Where to listen and dial.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <returns>Everything that is wrong; nothing after a stop in good order.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(CommandLine commandLine, INetwork network, CancellationToken stop)
    {
        var errors = new List<string>();
        ConfigFile file = commandLine.ConfigFile is { } path ? ConfigFile.Read(path, errors) : ConfigFile.None;
        RouteConfig[] routes = [Merge(commandLine, file.TopLevel), .. file.Routes];
        using ILoggerFactory loggers = CreateLoggers(commandLine.Debug ?? file.Debug ?? false);
        ILogger logger = loggers.CreateLogger("gost");

        // A node URL keeps the meaning that GOST's documentation gives it.
        ForwardBuilder builder = new ForwardBuilder()
            .UseLoggerFactory(loggers)
            .UseNetwork(network)
            .UseSsh()
            .UseUnverifiedPeers(UnverifiedPeers.Warn);
        if (Build(builder, routes, errors) is not { } forwarder)
        {
            return errors;
        }

        foreach (RouteConfig route in routes.Where(r => r.ServeNodes.Count == 0 && r.ChainNodes.Count > 0))
        {
            logger.ChainUnused(route.Name);
        }

        await using (forwarder)
        {
            try
            {
                await forwarder.StartAsync(stop);
            }
            catch (IOException e)
            {
                return [e.Message];
            }

            await WaitForEndAsync(forwarder, stop);
            if (forwarder.Connections.Count is > 0 and int count)
            {
                logger.Stopping(count, Drain.TotalSeconds);
            }

            await forwarder.StopAsync(Drain, CancellationToken.None);
            return
            [
                .. forwarder.Forwards
                    .Where(f => f.State == ForwardState.Faulted)
                    .Select(f => $"{f.Name} ended by itself: {f.Error?.Message}"),
            ];
        }
    }

    /// <summary>The top level. What the arguments say comes first.</summary>
    internal static RouteConfig Merge(CommandLine commandLine, RouteConfig topLevel) => topLevel with
    {
        ServeNodes = [.. commandLine.ServeNodes, .. topLevel.ServeNodes],
        ChainNodes = [.. commandLine.ChainNodes, .. topLevel.ChainNodes],
    };

    /// <summary>The forwarder, or <see langword="null"/> if there is an error.</summary>
    private static Forwarder? Build(ForwardBuilder builder, RouteConfig[] routes, List<string> errors)
    {
        if (routes.All(r => r.ServeNodes.Count == 0))
        {
            if (errors.Count == 0)
            {
                errors.Add("there is nothing to forward; add a node to listen on, for instance -L tcp://:2222/192.168.1.1:22");
            }

            return null;
        }

        foreach (RouteConfig route in routes)
        {
            builder.Route(r => AddTo(r, route));
        }

        try
        {
            // Even if the file has mistakes: those of the nodes are to be reported together with them.
            Forwarder forwarder = builder.Build();
            return errors.Count == 0 ? forwarder : null;
        }
        catch (OptionsValidationException e)
        {
            errors.AddRange(e.Failures);
            return null;
        }
    }

    private static void AddTo(ForwardBuilder builder, RouteConfig route)
    {
        if (route.Retries > 0)
        {
            builder.UseDefaultAttempts(route.Retries);
        }

        foreach (string node in route.ServeNodes)
        {
            builder.Serve(node);
        }

        foreach (string node in route.ChainNodes)
        {
            builder.Via(node);
        }
    }

    /// <summary>Waits until a signal asks for a stop, or a forward has ended by itself.</summary>
    private static async Task WaitForEndAsync(Forwarder forwarder, CancellationToken stop) =>
        await forwarder.Completion.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static ILoggerFactory CreateLoggers(bool debug) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(debug ? LogLevel.Debug : LogLevel.Information);
        logging.Services.AddSingleton<ConsoleFormatter, LogLineFormatter>();
        logging.AddConsole(options =>
        {
            options.FormatterName = LogLineFormatter.FormatterName;
            options.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    });
}

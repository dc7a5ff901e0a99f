using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GostNet.Examples.Gost.Demo;

/// <summary>Tables of forwards and connections that follow what happens, for a terminal.</summary>
internal static class LiveView
{
    private const int LiveShown = 8;
    private const int ClosedShown = 6;

    /// <summary>Whether the output is a terminal that can be drawn on.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public static async Task RunAsync(Forwarder forwarder, CancellationToken stop)
    {
        var closed = new ConcurrentQueue<ForwardedConnection>();
        forwarder.ConnectionClosed += (_, e) =>
        {
            closed.Enqueue(e.Connection);
            if (closed.Count > ClosedShown)
            {
                closed.TryDequeue(out ForwardedConnection? _);
            }
        };

        await AnsiConsole.Live(Draw(forwarder, closed)).StartAsync(async display =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                display.UpdateTarget(Draw(forwarder, closed));
            }
        });
    }

    private static Rows Draw(Forwarder forwarder, IEnumerable<ForwardedConnection> closed)
    {
        Table forwards = CreateTable("Forwards", "Listens on", "Targets", "Live", "Total");
        foreach (Forward forward in forwarder.Forwards)
        {
            AddRow(
                forwards,
                forward.Name,
                $"{forward.LocalEndPoint}",
                string.Join(", ", forward.Targets),
                $"{forwarder.Connections.Count(c => c.Forward == forward)}",
                $"{forward.TotalConnections}");
        }

        return new Rows(
            forwards,
            DrawConnections("Live connections", forwarder.Connections.OrderBy(c => c.Id).Take(LiveShown), _ => ""),
            DrawConnections("Closed lately", closed.Reverse(), c => $"{c.End}"));
    }

    private static Table DrawConnections(string title, IEnumerable<ForwardedConnection> connections, Func<ForwardedConnection, string> end)
    {
        Table table = CreateTable(title, "Sent", "Received", "Time", "End");
        foreach (ForwardedConnection connection in connections)
        {
            AddRow(
                table,
                Show.Name(connection),
                Show.Bytes(connection.BytesFromClient),
                Show.Bytes(connection.BytesFromTarget),
                Show.Time(connection.Duration),
                end(connection));
        }

        return table;
    }

    private static Table CreateTable(params ReadOnlySpan<string> titles)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        foreach (string title in titles)
        {
            table.AddColumn(new TableColumn(new Text(title)));
        }

        return table;
    }

    // Texts are shown as they are: brackets, as in IPv6 addresses, would be markup.
    private static void AddRow(Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(IRenderable (c) => new Text(c)));
}

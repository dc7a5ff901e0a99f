using System.Net;
using System.Net.Sockets;
using System.Reflection;
using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports;

namespace GostNet.Tests.Processes;

/// <summary>A forwarder in a process of its own, for what concerns a whole process: descriptors and memory. Each line read is a command,
/// and is answered by a line.</summary>
internal static class ForwarderProgram
{
    /// <summary>Starts all threads, loads all code that could be needed, and fails to accept and to dial once: without a descriptor the
    /// runtime can neither start a thread nor load code, and kills the process.</summary>
    private static async Task RehearseAsync(RecordingLoggerFactory log)
    {
        int threads = Math.Max(8, Environment.ProcessorCount);
        ThreadPool.SetMinThreads(threads, threads);
        ThreadPool.SetMaxThreads(threads, threads);
        using (var allAtOnce = new Barrier(threads))
        {
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() => allAtOnce.SignalAndWait())));
        }

        LoadReferences(typeof(ForwarderProgram).Assembly, []);
        var network = new InMemoryNetwork();
        HostEndPoint front = new("front", 1);
        ForwardException failure = new SocketException((int)SocketError.TooManyOpenSockets).ToDialFailure(new("nowhere", 1));
        network.Fail(failure.Target!, failure.Error);
        await using Forwarder forwarder = new ForwardBuilder()
            .UseNetwork(network).UseLoggerFactory(log).LocalTcp(front, failure.Target!).Build();
        await forwarder.StartAsync();
        network.FailAccepts(front);
        await log.WaitForAsync(LogEventIds.AcceptFailed);
        await network.Dialer.DialAsync(front);
        await log.WaitForAsync(LogEventIds.DialGivenUp);
    }

    private static void LoadReferences(Assembly assembly, HashSet<string> known)
    {
        foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
        {
            if (known.Add(reference.FullName))
            {
                LoadReferences(Assembly.Load(reference), known);
            }
        }
    }

    public static async Task Main()
    {
        using var log = new RecordingLoggerFactory();
        var closed = new StateWaiters();
        var gate = new Lock();
        int closedCount = 0;
        Forwarder? forwarder = null;
        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "start": // target's port, and whether to keep the log, which takes memory
                    var builder = new ForwardBuilder();
                    if (words[2] == "log")
                    {
                        await RehearseAsync(log);
                        builder.UseLoggerFactory(log);
                    }

                    forwarder = builder.LocalTcp("127.0.0.1:0", $"127.0.0.1:{words[1]}").Build();
                    forwarder.ConnectionClosed += (_, _) =>
                    {
                        lock (gate)
                        {
                            closedCount++;
                            closed.Changed();
                        }
                    };
                    await forwarder.StartAsync();
                    Console.WriteLine(((IPEndPoint)forwarder.Forwards[0].LocalEndPoint!).Port);
                    break;
                case "closed": // waits until so many connections have ended
                    int wanted = int.Parse(words[1]);
                    Task ended;
                    lock (gate)
                    {
                        ended = closed.WaitAsync(() => closedCount >= wanted);
                    }

                    await ended;
                    Console.WriteLine("closed");
                    break;
                case "logged": // waits for an event to be logged so many times, and tells the last
                    Console.WriteLine((await log.WaitForAsync(int.Parse(words[1]), int.Parse(words[2]))).Message);
                    break;
                case "count": // how many events of an id were logged
                    Console.WriteLine(log.WithId(int.Parse(words[1])).Count);
                    break;
                case "limit": // leaves room for so many more descriptors
                    DescriptorLimit.LeaveRoomFor(int.Parse(words[1]));
                    Console.WriteLine("limited");
                    break;
                case "thread": // starts one, which takes descriptors
                    var thread = new Thread(() => Console.WriteLine("thread"));
                    thread.Start();
                    thread.Join();
                    break;
                case "unlimit":
                    DescriptorLimit.Restore();
                    Console.WriteLine("unlimited");
                    break;
                case "report":
                    GC.Collect(2, GCCollectionMode.Forced, blocking: true);
                    GC.WaitForPendingFinalizers();
                    Console.WriteLine(
                        $"{DescriptorLimit.CountOpen()} {GC.GetTotalMemory(forceFullCollection: true)} {forwarder!.Connections.Count}");
                    break;
                default:
                    throw new ArgumentException(line);
            }
        }
    }
}

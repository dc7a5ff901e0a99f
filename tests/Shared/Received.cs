using System.Net;

namespace GostNet.Tests.Shared;

/// <summary>A datagram as a listener received it.</summary>
internal sealed record Received(string Text, SocketAddress Source);

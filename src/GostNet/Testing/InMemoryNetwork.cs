namespace GostNet.Testing;

/// <summary>placeholder, see helper</summary>
public sealed class InMemoryNetwork;

namespace GostNet;

/// <summary>Tells which connection an event is about.</summary>
public sealed class ForwardedConnectionEventArgs : EventArgs
{
    internal ForwardedConnectionEventArgs(ForwardedConnection connection) => Connection = connection;

    /// <summary>The connection.</summary>
    public ForwardedConnection Connection { get; }
}

namespace GostNet;

/// <summary>The options of a local TCP forward.</summary>
public sealed record LocalTcpOptions : TcpForwardOptions
{
    /// <summary>How bytes travel from clients to this machine. With another transport than TCP the forward is the far end of a tunnel:
    /// clients reach it with <see cref="ForwardBuilder.ViaTunnel"/>, or GOST's <c>forward+tls://</c> and the like.</summary>
    /// <value>TCP alone by default.</value>
    public ServerTransport Transport { get; set; } = ServerTransport.Tcp;
}

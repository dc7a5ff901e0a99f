namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>The disguises.</summary>
public enum ObfuscationKind
{
    Http,
    Tls,
}

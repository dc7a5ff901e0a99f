using System.Security.Cryptography;

namespace GostNet.Ssh.Tests.KeyExchange;

/// <summary>A test that needs the platform's own ML-KEM.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MlKemFactAttribute : FactAttribute
{
    public MlKemFactAttribute() => Skip = MLKem.IsSupported ? null : "The platform has no ML-KEM: OpenSSL has it from 3.5 on.";
}

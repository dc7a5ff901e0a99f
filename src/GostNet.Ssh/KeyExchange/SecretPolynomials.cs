using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Room for polynomials that are secret, all zero at first; cleared when they are not needed any more.</summary>
/// <param name="count">How many.</param>
/// <param name="length">How many coefficients each of them has.</param>
internal readonly struct SecretPolynomials<T>(int count, int length) : IDisposable
    where T : unmanaged
{
    private readonly T[] _coefficients = new T[count * length];

    public Span<T> this[int index] => _coefficients.AsSpan(index * length, length);

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_coefficients.AsSpan()));
}

namespace GostNet.Ssh.KeyExchange;

/// <summary>A group of numbers modulo a safe prime, with the generator 2 (RFC 3526).</summary>
/// <remarks>Of a safe prime, numbers from 2 to p - 2 are all of large order.</remarks>
internal sealed class DiffieHellmanGroup
{
    private readonly MontgomeryModulus _modulus;
    private readonly byte[] _prime;

    private DiffieHellmanGroup(string prime)
    {
        _prime = Convert.FromHexString(prime);
        _modulus = new(_prime);
    }

    /// <summary>2048 bits.</summary>
    public static DiffieHellmanGroup Group14 { get; } = new(
        "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
        "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
        "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
        "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
        "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
        "15728e5a8aacaa68ffffffffffffffff");

    /// <summary>4096 bits.</summary>
    public static DiffieHellmanGroup Group16 { get; } = new(
        "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
        "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
        "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
        "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
        "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
        "15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7" +
        "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
        "bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a92108011a723c12a787e6d7" +
        "88719a10bdba5b2699c327186af4e23c1a946834b6150bda2583e9ca2ad44ce8dbbbc2db04de8ef92e8efc141fbecaa6" +
        "287c59474e6bc05d99b2964fa090c3a2233ba186515be7ed1f612970cee2d7afb81bdd762170481cd0069127d5b05aa9" +
        "93b4ea988d8fddc186ffb7dc90a6c08f4df435c934063199ffffffffffffffff");

    /// <summary>The bytes of a number, zeros included.</summary>
    public int Size => _prime.Length;

    /// <summary>Whether a number lies between 2 and p - 2.</summary>
    /// <param name="value">The number, the most significant byte first, without leading zeros.</param>
    public bool IsPublicValue(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
        {
            return value.Length > 1 ? value.Length < Size : value is [> 1];
        }

        // The prime is odd: p - 1 differs in the last bit alone.
        int order = value[..^1].SequenceCompareTo(_prime.AsSpan(..^1));
        return order < 0 || (order == 0 && value[^1] < _prime[^1] - 1);
    }

    /// <summary>2 to the power of a secret exponent.</summary>
    public byte[] Power(ReadOnlySpan<byte> exponent) => Power([2], exponent);

    /// <summary>A number to the power of a secret exponent.</summary>
    /// <param name="value">The number, the most significant byte first; not more than <see cref="Size"/> bytes.</param>
    /// <param name="exponent">The exponent, the most significant byte first. Only its length shows in the time that it takes.</param>
    /// <returns>The number, with <see cref="Size"/> bytes.</returns>
    public byte[] Power(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent) => _modulus.Power(value, exponent);
}

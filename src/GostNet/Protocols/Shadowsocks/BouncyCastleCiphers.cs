using System.Buffers;
using GostNet.Internal.Ciphers;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>The ciphers that .NET does not have. Only what both packages of BouncyCastle have, old and new, is used.</summary>
internal static class BouncyCastleCiphers
{
    public static StreamCipher CreateSalsa20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) =>
        new KeyStreamCipher(new Salsa20Engine(), new ParametersWithIV(new KeyParameter(key.ToArray()), iv.ToArray()));

    public static StreamCipher CreateRc4(ReadOnlySpan<byte> key) => new KeyStreamCipher(new RC4Engine(), new KeyParameter(key.ToArray()));

    public static StreamCipher CreateBlowfish(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts) =>
        new FeedbackCipher(new BlowfishEngine(), key, iv, encrypts);

    public static StreamCipher CreateCast5(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts) =>
        new FeedbackCipher(new Cast5Engine(), key, iv, encrypts);

    public static StreamCipher CreateDes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts) =>
        new FeedbackCipher(new DesEngine(), key, iv, encrypts);

    public static AeadCipher CreateChaCha20Poly1305(ReadOnlySpan<byte> key) => new SealingCipher(key);

    /// <summary>A cipher that is a key stream.</summary>
    private sealed class KeyStreamCipher : StreamCipher
    {
        private const int BatchSize = 4096;

        private readonly IStreamCipher _engine;
        private readonly byte[] _zeros = new byte[BatchSize];
        private readonly byte[] _keyStream = new byte[BatchSize];

        public KeyStreamCipher(IStreamCipher engine, ICipherParameters parameters)
        {
            engine.Init(true, parameters);
            _engine = engine;
        }

        public override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            while (!source.IsEmpty)
            {
                int count = Math.Min(source.Length, BatchSize);
                _engine.ProcessBytes(_zeros, 0, count, _keyStream, 0);
                Xor(source[..count], _keyStream, destination);
                source = source[count..];
                destination = destination[count..];
            }
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>A block cipher with the feedback of whole blocks.</summary>
    private sealed class FeedbackCipher : StreamCipher
    {
        private readonly IBlockCipher _engine;
        private readonly byte[] _register;
        private readonly byte[] _keyStream;
        private readonly bool _encrypts;
        private int _position;

        public FeedbackCipher(IBlockCipher engine, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts)
        {
            engine.Init(true, new KeyParameter(key.ToArray()));
            _engine = engine;
            _register = iv.ToArray();
            _keyStream = new byte[iv.Length];
            _encrypts = encrypts;
            _position = iv.Length;
        }

        public override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            for (int i = 0; i < source.Length; i++, _position++)
            {
                if (_position == _register.Length)
                {
                    _engine.ProcessBlock(_register, 0, _keyStream, 0);
                    _position = 0;
                }

                byte given = source[i];
                destination[i] = (byte)(given ^ _keyStream[_position]);
                _register[_position] = _encrypts ? destination[i] : given;
            }
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>ChaCha20-Poly1305, for systems whose own cryptography has none.</summary>
    private sealed class SealingCipher(ReadOnlySpan<byte> key) : AeadCipher
    {
        private readonly KeyParameter _key = new(key.ToArray());
        private readonly ChaCha20Poly1305 _engine = new();
        private readonly byte[] _nonce = new byte[NonceSize];

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination) =>
            Run(encrypts: true, nonce, source, destination);

        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination)
        {
            try
            {
                Run(encrypts: false, nonce, source, destination);
                return true;
            }
            catch (InvalidCipherTextException)
            {
                return false;
            }
        }

        public override void Dispose()
        {
        }

        private void Run(bool encrypts, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination)
        {
            nonce.CopyTo(_nonce);
            _engine.Init(encrypts, new ParametersWithIV(_key, _nonce));
            int size = source.Length + (encrypts ? TagSize : -TagSize);
            byte[] given = ArrayPool<byte>.Shared.Rent(source.Length);
            byte[] result = ArrayPool<byte>.Shared.Rent(size + TagSize);
            try
            {
                source.CopyTo(given);
                int count = _engine.ProcessBytes(given, 0, source.Length, result, 0);
                _engine.DoFinal(result, count);
                result.AsSpan(0, size).CopyTo(destination);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(given);
                ArrayPool<byte>.Shared.Return(result);
            }
        }
    }
}

using System.Buffers;

namespace GostNet.Protocols;

/// <summary>Reads one message from its beginning, or says how far to read on.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="source">The bytes so far, with the message's first byte first.</param>
/// <param name="message">The message, if the result is <see cref="OperationStatus.Done"/>.</param>
/// <param name="length">With <see cref="OperationStatus.Done"/> the length of the message. With
/// <see cref="OperationStatus.NeedMoreData"/> a length that the message has at least, and that is more than <paramref name="source"/>
/// has: whoever reads up to there reads nothing that lies behind the message.</param>
/// <returns><see cref="OperationStatus.Done"/>, <see cref="OperationStatus.NeedMoreData"/>, or
/// <see cref="OperationStatus.InvalidData"/> if no further bytes can make this a message.</returns>
internal delegate OperationStatus MessageReader<T>(ReadOnlySpan<byte> source, out T message, out int length);

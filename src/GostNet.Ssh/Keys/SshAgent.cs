using System.Buffers.Binary;
using System.Net.Sockets;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>An agent that keeps private keys and signs by them: the one whose Unix socket SSH_AUTH_SOCK names
/// (draft-miller-ssh-agent).</summary>
/// <remarks>Each question has a connection of its own: nothing has to be kept, and an agent that was started anew is found again. The agent
/// of Windows listens at a named pipe, and is not reached.</remarks>
/// <param name="path">The socket's path.</param>
internal sealed class SshAgent(string path)
{
    /// <summary>Asks for the keys; those of types that are not supported are left out.</summary>
    /// <param name="cancellationToken">Gives up: an agent may ask its user first.</param>
    /// <exception cref="SshKeyException">The agent is not there, or does not keep to its protocol.</exception>
    public async ValueTask<IReadOnlyList<ISshSigner>> GetKeysAsync(CancellationToken cancellationToken)
    {
        byte[] answer = await AskAsync(AgentMessages.WriteRequestIdentities().WrittenMemory, cancellationToken).ConfigureAwait(false);
        return AgentMessages.TryReadIdentities(answer, out IReadOnlyList<(SshPublicKey Key, string Comment)> identities)
            ? [.. identities.Select(identity => new AgentKey(this, identity.Key, identity.Comment))]
            : throw Unusable(answer, "listed no keys");
    }

    /// <summary>Asks for a signature.</summary>
    /// <exception cref="SshKeyException">The agent refused, is not there, or signed in another way.</exception>
    public async ValueTask<byte[]> SignAsync(
        SshPublicKey key, string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> request = AgentMessages.WriteSignRequest(key.Blob.Span, data.Span, algorithm).WrittenMemory;
        byte[] answer = await AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (!AgentMessages.TryReadSignature(answer, out ReadOnlySpan<byte> signature))
        {
            throw Unusable(answer, "did not sign");
        }

        // Old agents sign over SHA-1 whatever they are asked for. Nobody takes that, and so it is better said here.
        return SshSignature.TryRead(signature, algorithm, out _)
            ? signature.ToArray()
            : throw Failed($"did not sign by {algorithm}, as it was asked to");
    }

    /// <summary>Sends a message and waits for the answer.</summary>
    private async ValueTask<byte[]> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(new SshWriter(sizeof(uint) + request.Length).String(request.Span).WrittenMemory, cancellationToken)
                .ConfigureAwait(false);

            byte[] header = new byte[sizeof(uint)];
            await stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (length is 0 or > AgentMessages.MaxSize)
            {
                throw Failed($"sent a message of {length} bytes");
            }

            byte[] answer = new byte[length];
            await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch (Exception e) when (e is SocketException or IOException and not SshKeyException or ArgumentException)
        {
            // An ArgumentException is about the path: it is empty, or too long for a socket.
            throw Failed("cannot be reached, or hung up", e);
        }
    }

    private SshKeyException Unusable(ReadOnlySpan<byte> answer, string fault) =>
        Failed(answer[0] == AgentMessages.Failure ? $"{fault}: it refused" : $"{fault}: it does not keep to its protocol");

    private SshKeyException Failed(string fault, Exception? innerException = null) =>
        new(SshKeyError.AgentFailed, $"The SSH agent at {path} {fault}.", innerException);
}

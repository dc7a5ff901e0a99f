using GostNet.Ssh.Authentication;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>Messages as good and bad peers send them.</summary>
internal static class Messages
{
    public static ReadOnlyMemory<byte> ServiceRequest { get; } =
        AuthenticationCodec.WriteService(MessageNumber.ServiceRequest, AuthenticationCodec.LoginService);

    public static ReadOnlyMemory<byte> ServiceAccept { get; } =
        AuthenticationCodec.WriteService(MessageNumber.ServiceAccept, AuthenticationCodec.LoginService);

    public static ReadOnlyMemory<byte> Success => AuthenticationCodec.WriteSuccess();

    public static ReadOnlyMemory<byte> Failure(params string[] methods) => AuthenticationCodec.WriteFailure(methods, isPartial: false);

    public static ReadOnlyMemory<byte> Partial(params string[] methods) => AuthenticationCodec.WriteFailure(methods, isPartial: true);

    public static ReadOnlyMemory<byte> Banner(string text) => AuthenticationCodec.WriteText(MessageNumber.UserAuthBanner, text);

    public static ReadOnlyMemory<byte> Password(string user, string password) =>
        AuthenticationCodec.WritePassword(user, password).WrittenMemory;

    /// <summary>A request with whatever behind its head.</summary>
    public static ReadOnlyMemory<byte> Request(string user, string method, byte[]? fields = null, string service = "ssh-connection") =>
        SshWriter.Message(MessageNumber.UserAuthRequest).Text(user).Text(service).Text(method).Bytes(fields).WrittenMemory;

    /// <summary>An INFO_REQUEST that asks these questions.</summary>
    public static ReadOnlyMemory<byte> InfoRequest(params (string Prompt, bool IsEchoed)[] prompts)
    {
        SshWriter writer = SshWriter.Message(MessageNumber.UserAuthMethod60).Text("name").Text("instruction").Text("")
            .UInt32((uint)prompts.Length);
        foreach ((string prompt, bool isEchoed) in prompts)
        {
            writer.Text(prompt).Boolean(isEchoed);
        }

        return writer.WrittenMemory;
    }

    /// <summary>The method of a client's request, in short.</summary>
    public static string Describe(ReadOnlySpan<byte> payload)
    {
        if (payload[0] != MessageNumber.UserAuthRequest)
        {
            return payload[0] switch
            {
                MessageNumber.ServiceRequest => "service",
                MessageNumber.UserAuthInfoResponse => "answer",
                _ => $"{payload[0]}",
            };
        }

        Assert.True(AuthenticationCodec.TryReadRequest(payload, out UserAuthRequest request));
        if (request.Method != AuthenticationCodec.PublicKeyMethod)
        {
            return request.Method;
        }

        Assert.True(AuthenticationCodec.TryReadPublicKey(request.Fields, out PublicKeyFields fields));
        return (fields.HasSignature ? "sign " : "query ") + fields.Algorithm;
    }
}

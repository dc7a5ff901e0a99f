using GostNet.Ssh.Authentication;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>Logins with peers whose messages are bent at random, with a fixed seed.</summary>
public sealed class LoginFuzzTests
{
    private const int Seed = 20240607;

    /// <summary>More than a login may take: 128 requests, 16 partial successes and what lies between.</summary>
    private const int MaxMessages = 300;

    [Fact]
    public async Task Server_OfAnything_LetsInOrFailsInBoundedSteps()
    {
        Random random = new(Seed);
        SshPrivateKey key = LoginKeys.Ed25519(1);
        byte[] blob = key.PublicKey.Blob.ToArray();
        ReadOnlySpan<byte> sessionId = new ScriptedPipe().SessionId.Span;
        byte[] data = AuthenticationCodec.WriteSignedData(sessionId, "user"u8, "ssh-connection", "ssh-ed25519", blob).ToArray();
        byte[][] messages =
        [
            Messages.Request("user", "none").ToArray(),
            Messages.Password("user", "wrong").ToArray(),
            Messages.Password("user", "pass").ToArray(),
            AuthenticationCodec.WriteKeyQuery("user", "ssh-ed25519", blob).ToArray(),
            AuthenticationCodec.WriteSignedRequest("user", "ssh-ed25519", blob, key.Sign("ssh-ed25519", data)).ToArray(),
            AuthenticationCodec.WriteKeyboardInteractive("user").ToArray(),
            AuthenticationCodec.WriteInfoResponse("pass").WrittenMemory.ToArray(),
        ];
        ServerAuthentication server = new(new()
        {
            Permissions = new LoginKeys.NamedPermissions("password"),
            Authenticator = new OneUser(),
            AuthorizedKeys = new LoginKeys.Authorized("user", key),
            Time = new SkippingTimeProvider(),
        });
        byte[] space = new byte[500];
        int loggedIn = 0;
        int dropped = 0;
        int ended = 0;
        for (int i = 0; i < Fuzz.Cases(5_000); i++)
        {
            ScriptedPipe pipe = new(Messages.ServiceRequest);
            for (int count = random.Next(1, 9); count > 0; count--)
            {
                pipe.Say([Next(random, messages, space)]);
            }

            try
            {
                AuthenticatedUser user = await server.RunAsync(pipe, client: null, default).OrFail();
                Assert.Equal("user", user.Name); // nobody else can come in, whatever is bent
                loggedIn++;
            }
            catch (SshException)
            {
                dropped++;
            }
            catch (EndOfStreamException)
            {
                ended++;
            }
        }

        Assert.All(new[] { loggedIn, dropped, ended }, count => Assert.InRange(count, Fuzz.Cases(5_000) / 20, int.MaxValue));
    }

    [Fact]
    public async Task Client_OfAnything_IsInOrFailsInBoundedSteps()
    {
        Random random = new(Seed);
        SshPrivateKey[] keys = [LoginKeys.Ed25519(1), LoginKeys.Ed25519(2)];
        byte[][] messages =
        [
            Messages.Failure("publickey", "password").ToArray(),
            Messages.Failure("keyboard-interactive").ToArray(),
            Messages.Partial("password", "keyboard-interactive", "publickey").ToArray(),
            Messages.Banner("one\ntwo\u001b[0m\n").ToArray(),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", keys[0].PublicKey.Blob.Span).ToArray(),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", keys[1].PublicKey.Blob.Span).ToArray(),
            Messages.InfoRequest(("Password: ", false)).ToArray(),
            Messages.InfoRequest().ToArray(),
            Messages.Success.ToArray(),
        ];
        byte[] space = new byte[500];
        RecordingLoggerFactory log = new();
        ClientAuthentication[] clients =
        [
            new(new() { UserName = "user", Password = "pass", Logger = log.CreateLogger("client") }),
            new(new() { UserName = "user", Password = "pass", Signers = keys }),
            new(new() { UserName = "user", Password = "pass", Signers = keys[..1] }),
        ];
        int loggedIn = 0;
        int dropped = 0;
        for (int i = 0; i < Fuzz.Cases(5_000); i++)
        {
            bool isEndless = random.Next(50) == 0;
            byte[] always = messages[random.Next(messages.Length)];
            ScriptedPipe pipe = new(Messages.ServiceAccept)
            {
                Answer = message => message[0] == MessageNumber.ServiceRequest ? []
                    : isEndless ? [always]
                    : Enumerable.Range(0, random.Next(1, 3)).Select(_ => (ReadOnlyMemory<byte>)Next(random, messages, space)),
            };
            try
            {
                await clients[random.Next(clients.Length)].RunAsync(pipe, default).OrFail();
                loggedIn++;
            }
            catch (SshException)
            {
                dropped++;
            }
            catch (EndOfStreamException)
            {
                // Nothing but a banner was said.
            }

            Assert.InRange(pipe.Sent.Count, 1, MaxMessages);
        }

        Assert.All(new[] { loggedIn, dropped }, count => Assert.InRange(count, Fuzz.Cases(5_000) / 20, int.MaxValue));
        Assert.All(log.Entries, entry => Assert.DoesNotContain(entry.Message, char.IsControl));
    }

    /// <summary>A message: half of them as they should be.</summary>
    private static byte[] Next(Random random, byte[][] messages, byte[] space) => random.Next(2) == 0
        ? messages[random.Next(messages.Length)]
        : Fuzz.Bend(random, messages, space).ToArray();
}

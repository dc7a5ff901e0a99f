using System.Net;
using System.Text;
using GostNet.Ssh.Tests.Keys;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Ssh.Tests.Building;

/// <summary>No log and no exception tells a password, a passphrase or a private key, however a login goes.</summary>
public sealed class SshSecretsTests
{
    private const string Password = "pAsSwOrD-7f3a";
    private const string WrongPassword = "gUeSs-91c4";
    private const string Passphrase = "correct horse"; // that of the encrypted keys
    private const string WrongPassphrase = "wrong-battery-staple";

    [Fact]
    public async Task Logins_OfEveryKind_TellNoSecretAnywhere()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string plain = scene.Folder.CopyKey("id_ecdsa256");
        string encrypted = scene.Folder.CopyKey("id_ed25519_enc");
        string stranger = scene.Folder.CopyKey("id_rsa3072");
        SshServerOptions server = scene.ServerOptions();
        server.Authenticator = Authenticators.Users(new NetworkCredential("alice", Password));
        server.AuthorizedKeysFile = scene.Folder.Write("keys", SshFolder.LineOf("ecdsa256") + SshFolder.LineOf("ed25519"));
        await scene.ServeAsync(server);
        await scene.StartAsync(scene.Builder().Serve($"ssh://alice:{Password}@tunnel:22?ssh_key={plain}"));
        var said = new StringBuilder();

        // Those who get in.
        string pin = $"host_key={SshScene.Pin}";
        string tunnelPin = $"host_key={SshFolder.PinOf("ecdsa256")}";
        string passphrase = $"ssh_passphrase={Uri.EscapeDataString(Passphrase)}";
        string auth = Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{Password}")));
        string secrets = scene.Folder.Write("secrets", $"alice {Password}\n");
        foreach (string url in new[]
        {
            $"forward+ssh://alice:{Password}@gw:22?{pin}",
            $"forward+ssh://gw:22?{pin}&auth={auth}",
            $"forward+ssh://gw:22?{pin}&secrets={secrets}",
            $"forward+ssh://bob@gw:22?{pin}&ssh_key={plain}",
            $"forward+ssh://bob@gw:22?{pin}&ssh_key={encrypted}&{passphrase}",
            $"forward+ssh://alice:{Password}@gw:22?{pin}&ssh_key={stranger}",
            $"socks5+ssh://alice:{Password}@tunnel:22?{tunnelPin}",
            $"ssh://alice:{Password}@tunnel:22?{tunnelPin}",
        })
        {
            await SshScene.ExchangeAsync(await scene.Builder().Via(url).BuildDialer().DialAsync(SshScene.Target).OrFail(), target);
        }

        // Those who do not.
        foreach (string url in new[]
        {
            $"forward+ssh://alice:{WrongPassword}@gw:22?{pin}",
            $"forward+ssh://bob:{Password}@gw:22?{pin}",
            $"forward+ssh://bob@gw:22?{pin}&ssh_key={stranger}",
            $"forward+ssh://alice:{WrongPassword}@gw:22?{pin}&ssh_key={stranger}",
            $"forward+ssh://alice:{Password}@gw:22?{tunnelPin}",
            $"forward+ssh://alice:{Password}@gw:22?known_hosts={scene.Folder.Write("known", "")}",
            $"socks5+ssh://alice:{Password}@gw:22?{pin}",
            $"forward+ssh://alice:{Password}@nowhere:22?{pin}",
        })
        {
            said.AppendLine((await SshScene.FailAsync(scene.Builder().Via(url).BuildDialer())).ToString());
        }

        // Those who cannot be built.
        foreach (string url in new[]
        {
            $"forward+ssh://alice:{Password}@gw:22?{pin}&ssh_key={encrypted}",
            $"forward+ssh://alice:{Password}@gw:22?{pin}&ssh_key={encrypted}&ssh_passphrase={WrongPassphrase}",
            $"forward+ssh://alice:{Password}@gw:22?{pin}&{passphrase}",
            $"forward+ssh://alice:{Password}@gw:22?{pin}&ssh_key={plain}&{passphrase}&window=x",
            $"forward+ssh://alice:{Password}@gw:22?{pin}&ssh_key={plain}&ssh_passphrase={WrongPassphrase}&window=1",
            $"forward+ssh://alice:{Password}@gw:x?{passphrase}",
            $"forward+ssh://gw:22?auth={auth}x&{pin}",
        })
        {
            said.AppendLine(Assert.Throws<OptionsValidationException>(() => scene.Builder().LocalTcp(":1", "a:1").Via(url).Build()).ToString());
        }

        foreach (string url in new[] { $"forward+ssh://alice:{Password}@:22?ssh_key={encrypted}", $"ssh://alice:{Password}@:x" })
        {
            said.AppendLine(Assert.Throws<OptionsValidationException>(scene.Builder().Serve(url).Build).ToString());
        }

        said.AppendLine(new SshClientOptions { Credential = new("alice", Password), KeyPassphrase = Passphrase }.ToString());
        said.AppendLine(server.ToString());
        foreach (LogEntry entry in scene.Log.Entries)
        {
            said.AppendLine(entry.Message).AppendLine(entry.Exception?.ToString()).AppendJoin('\n', entry.Values.Select(value => $"{value}")).AppendLine();
        }

        string all = said.ToString();
        Assert.Contains("alice", all, StringComparison.Ordinal); // there is something to find
        Assert.Contains(SshFolder.PinOf("rsa3072"), all, StringComparison.Ordinal);
        foreach (string secret in SecretTexts(plain, encrypted, stranger))
        {
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>All secrets, in the ways in which they might be written.</summary>
    private static IEnumerable<string> SecretTexts(params string[] keyFiles)
    {
        foreach (string text in new[] { Password, WrongPassword, Passphrase, WrongPassphrase })
        {
            yield return text;
            yield return Uri.EscapeDataString(text);
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');
            yield return Convert.ToHexString(Encoding.UTF8.GetBytes(text));
        }

        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{Password}")).TrimEnd('=');
        foreach ((string key, string number) in new[] { ("ed25519", "seed"), ("ecdsa256", "d"), ("rsa3072", "d"), ("rsa3072", "p") })
        {
            yield return Convert.ToHexString(TestKeys.Number(key, number))[..32];
            yield return Convert.ToBase64String(TestKeys.Number(key, number))[..20];
        }

        foreach (string line in keyFiles.SelectMany(File.ReadLines).Where(line => line.Length == 70).Skip(4))
        {
            yield return line; // beyond the public half
        }
    }
}

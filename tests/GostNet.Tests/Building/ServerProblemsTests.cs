using System.Net;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>What a server can be asked to do, and what is said of what it cannot.</summary>
public sealed class ServerProblemsTests
{
    [Fact]
    public void Build_ServersWithMistakes_ReportsThemAll() => AssertProblems(
        new ForwardBuilder()
            .ServeSocks5(":1", new())
            .ServeHttp(":2", new() { AllowAnonymous = true, Authenticator = Login() })
            .ServeSocks4(":3", new() { Authenticator = Login() })
            .ServeSocks5("4", new() { Attempts = 0, Whitelist = "x" })
            .ServeSocks5(":5", new() { AllowAnonymous = true, Whitelist = "tcp", Blacklist = "", Name = "five" })
            .ServeAuto(":6", new() { AllowAnonymous = true, ProbeResistance = "oops", Agent = "a\nb" }),
        "socks5://4: the listening address cannot be read: '4' has no port; write host:port",
        "socks5://4: Attempts is 0; write 1 or more",
        "socks5://4: there is nobody who may use it; set Authenticator, or AllowAnonymous to let everybody in",
        "socks5://4: Whitelist is 'x'; write actions:hosts:ports, such as tcp:*.example.com:80,443",
        "socks5://:1: there is nobody who may use it; set Authenticator, or AllowAnonymous to let everybody in",
        "http://:2: both Authenticator and AllowAnonymous are set; leave out one of them",
        "socks4://:3: SOCKS4 knows no passwords; leave out the login, or serve socks5",
        "five: Whitelist is 'tcp'; write actions:hosts:ports, such as tcp:*.example.com:80,443",
        "five: Blacklist is ''; write actions:hosts:ports, such as tcp:*.example.com:80,443",
        "auto://:6: ProbeResistance is 'oops': ",
        "auto://:6: Agent is 'a\nb'; write ASCII that can be seen");

    [Fact]
    public void Build_ServerOptionsOutOfRange_NamesEach() => AssertProblems(
        new ForwardBuilder().ServeHttp(":1", new()
        {
            AllowAnonymous = true,
            Attempts = 0,
            MaxConnections = 0,
            DialTimeout = TimeSpan.Zero,
            HandshakeTimeout = Timeout.InfiniteTimeSpan,
            IdleTimeout = TimeSpan.FromDays(50),
            HalfOpenTimeout = TimeSpan.Zero,
        }),
        "http://:1: Attempts is 0; write 1 or more",
        "http://:1: MaxConnections is 0; write 1 or more",
        "http://:1: DialTimeout is 00:00:00; write more than zero, up to 49 days",
        "http://:1: HandshakeTimeout is -00:00:00.0010000; write more than zero, up to 49 days",
        "http://:1: IdleTimeout is 50.00:00:00; write more than zero, up to 49 days",
        "http://:1: HalfOpenTimeout is 00:00:00; write more than zero, up to 49 days");

    [Fact]
    public void Build_ServerUrlsThatLetEverybodyIn_AreRefusedUnlessTheSettingAllowsThem()
    {
        string[] urls = ["socks5://:1", "socks4://:2", "http://:3", ":4", "socks4a://:5"];
        var builder = new ForwardBuilder();
        Array.ForEach(urls, url => builder.Serve(url));

        IEnumerable<string> failures = Assert.Throws<OptionsValidationException>(builder.Build).Failures;
        Assert.Equal(5, failures.Count());
        Assert.All(failures, failure => Assert.Contains("it serves everybody who can reach it", failure, StringComparison.Ordinal));

        var log = new RecordingLoggerFactory();
        Forwarder forwarder = builder.UseLoggerFactory(log).UseUnverifiedPeers(UnverifiedPeers.Warn).Build();
        Assert.Equal(
            ["socks5://:1", "socks4://:2", "http://:3", "auto://:4", "socks4a://:5"], forwarder.Forwards.Select(forward => forward.Name));
        Assert.Equal(5, log.WithId(LogEventIds.ConfigurationWarning).Count);
    }

    [Theory]
    [InlineData("socks4://me:secret@:1", "SOCKS4 knows no passwords; leave out the login, or serve socks5")]
    [InlineData("socks5://me:@:1", "user 'me' has no password")]
    [InlineData("socks5://me:secret@:1?whitelist=tcp", "'whitelist' is 'tcp'")]
    [InlineData("socks5://me:secret@:1?knock=a", "'knock' cannot be honoured by socks5")]
    [InlineData("socks5://me:secret@:1?secure=true", "'secure' cannot be honoured by socks5")]
    [InlineData("http://me:secret@:1?probe_resist=oops", "ProbeResistance is 'oops'")]
    [InlineData("http://me:secret@:1?bypass=a", "'bypass' is not in this version")]
    [InlineData("http://me:secret@:1/target:1", "names a target")]
    [InlineData("socks5://me:secret@:1?secrets=/nonexistent/file", "there is no such file")]
    [InlineData("socks5+quic://me:secret@:1", "is not in this version of GostNet")]
    [InlineData("socks5+tls://me:secret@:1?ca=/dev/null", "/dev/null")]
    [InlineData("rtcp://:1/a:1?mbind=yes", "write true or false")]
    public void Build_ServerUrlWithAMistake_SaysSoOnceAndKeepsTheSecret(string url, string expected)
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(
            () => new ForwardBuilder().Serve(url).ViaSocks5("p:1").Build());

        Assert.Contains(expected, Assert.Single(e.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reload 10s\n", "has no login in it")]
    [InlineData("me\n", "has a user without a password")]
    [InlineData("", "has no login in it")]
    public void Build_SecretsWithoutAUser_SaysSoOnce(string content, string expected)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);

            OptionsValidationException e = Assert.Throws<OptionsValidationException>(
                () => new ForwardBuilder().Serve($"socks5://:1?secrets={Uri.EscapeDataString(file)}").Build());

            Assert.Contains(expected, Assert.Single(e.Failures), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Authenticators_WithoutAUsableUser_Refuse()
    {
        Assert.Throws<ArgumentException>(() => Authenticators.Users());
        Assert.Throws<ArgumentException>(() => Authenticators.Users(new NetworkCredential("me", "")));
        Assert.Throws<ArgumentException>(() => Authenticators.Users(new NetworkCredential("", "secret")));
        Assert.Contains("/nonexistent/file", Assert.Throws<ForwardException>(() => Authenticators.SecretsFile("/nonexistent/file")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Authenticators_Users_AreCopied()
    {
        var user = new NetworkCredential("me", "old");
        IAuthenticator authenticator = Authenticators.Users(user, new NetworkCredential("you", "too"));
        user.Password = "new";

        Assert.True(authenticator.Authenticate("me", "old"));
        Assert.True(authenticator.Authenticate("you", "too"));
        Assert.False(authenticator.Authenticate("me", "new"));
        Assert.False(authenticator.Authenticate("me", "too"));
        Assert.False(authenticator.Authenticate("Me", "old"));
    }

    [Fact]
    public void Authenticators_SecretsFile_LetsItsUsersInAndReadsThemAnew()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# users\nme secret\nyou too\nreload 10s\n");
            var time = new ManualTimeProvider();
            var log = new RecordingLoggerFactory();
            IAuthenticator authenticator = Authenticators.SecretsFile(file, time, log);
            Assert.True(authenticator.Authenticate("me", "secret"));
            Assert.True(authenticator.Authenticate("you", "too"));
            File.WriteAllText(file, "me other-secret\nreload 10s\n");
            Assert.True(authenticator.Authenticate("me", "secret"));
            time.Advance(TimeSpan.FromSeconds(11));

            Assert.True(authenticator.Authenticate("me", "other-secret"));
            Assert.False(authenticator.Authenticate("you", "too"));
            Assert.DoesNotContain(log.Entries, entry => entry.Message.Contains("secret", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IAuthenticator Login() => Authenticators.Users(new NetworkCredential("me", "secret"));

    private static void AssertProblems(ForwardBuilder builder, params string[] expected)
    {
        string[] failures = [.. Assert.Throws<OptionsValidationException>(builder.Build).Failures];
        Assert.Equal(expected.Length, failures.Length);
        Assert.All(expected.Zip(failures), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }
}

using System.Text;

namespace GostNet.Protocols.Http;

/// <summary>An HTTP proxy: CONNECT, and requests for <c>http</c> URLs (RFC 9110; proxies, section 1).</summary>
/// <remarks>
/// <para>Every request is read, and goes to its own target. GOST reads the first one only, and sends all others, login included, to
/// the target of the first.</para>
/// <para>A login is asked for before the rules are: GOST does it the other way round, so that anybody can find out what they are.</para>
/// </remarks>
internal sealed class HttpProxyServer : IProxyServer
{
    private readonly HttpProxySettings _options;
    private readonly HttpAnswers _answers;
    private readonly HttpProbePage? _page;

    /// <summary>Makes a server.</summary>
    /// <exception cref="ArgumentException">A text cannot stand in a header line, or there is nothing to dial with what
    /// <see cref="HttpProxySettings.ProbeResist"/> names.</exception>
    public HttpProxyServer(HttpProxySettings options)
    {
        if (!IsFieldText(options.Agent) || options.Agent.Length == 0)
        {
            throw new ArgumentException("The agent is empty or has characters that a header line cannot carry.", nameof(options));
        }

        if (!IsFieldText(options.Realm) || options.Realm.AsSpan().ContainsAny('"', '\\'))
        {
            throw new ArgumentException("The realm has characters that a quoted string cannot carry.", nameof(options));
        }

        if (options is { ProbeResist.Kind: HttpProbeKind.Web or HttpProbeKind.Host, ProbeDialer: null })
        {
            throw new ArgumentException("The answer to probes is somewhere else, and there is no dialer.", nameof(options));
        }

        _options = options;
        _answers = new HttpAnswers(options.Agent, options.Realm);
        _page = options.ProbeResist?.Page is { } page ? new HttpProbePage(page, options.ProbeDialer!) : null;
    }

    /// <inheritdoc/>
    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        var session = new HttpProxySession(client, host, _options, _answers, _page, cancellationToken);
        await using (session.ConfigureAwait(false))
        {
            await session.RunAsync().ConfigureAwait(false);
        }
    }

    private static bool IsFieldText(string text) => Ascii.IsValid(text) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}

using System.Net;
using GostNet.Building;
using GostNet.Building.Nodes;

namespace GostNet;

/// <summary>A node URL, as its transport sees it.</summary>
public sealed class TransportNode
{
    private readonly NodeUrl _url;
    private readonly BuildProblems _problems;

    internal TransportNode(NodeUrl url, BuildProblems problems, IAuthenticator? authenticator = null)
    {
        _url = url;
        _problems = problems;
        Authenticator = authenticator;
    }

    /// <summary>What messages call the node: its scheme and address, without the login.</summary>
    public string Name => _url.Name;

    /// <summary>Whether the transport itself is to be told what to reach: <see cref="TransportScheme.CanForward"/>.</summary>
    public bool Forwards => _url.Scheme.IsForwarding;

    /// <summary>The login of the URL, or of <c>auth</c> or <c>secrets</c> on a node of a chain.</summary>
    public NetworkCredential? Credential => _url.Credential;

    /// <summary>On a node to serve, decides by user and password; <see langword="null"/> if no passwords are given.</summary>
    public IAuthenticator? Authenticator { get; }

    /// <summary>On a node to serve, whether nothing says who may use it. Whether that is taken has been decided.</summary>
    public bool IsAnonymous => !_url.HasLogin;

    internal NodeParameters Parameters => _url.Parameters;

    internal NodeFiles Files => _problems.Settings.Files;

    /// <summary>Whether a parameter is given.</summary>
    public bool Has(string key) => Parameters.Has(key);

    /// <summary>The value of a parameter that is a text or a file's name; <see langword="null"/> if it is not given.</summary>
    public string? Text(string key) => Parameters.Text(key);

    /// <summary>The full path of the file that a parameter names; <see langword="null"/> if it is not given.</summary>
    public string? File(string key) => Parameters.Text(key) is { } name ? Files.Resolve(name) : null;

    /// <summary>The value of a parameter that is a truth value; <see langword="null"/> if it is not given.</summary>
    public bool? Boolean(string key) => Parameters.Boolean(key);

    /// <summary>The value of a parameter that is a number; <see langword="null"/> if it is not given, or 0, which stands for the
    /// default.</summary>
    public int? Count(string key) => Parameters.Count(key);

    /// <summary>The value of a parameter that is a duration; <see langword="null"/> if it is not given, or 0, which stands for the
    /// default.</summary>
    public TimeSpan? Duration(string key) => Parameters.Duration(key);

    /// <summary>The full path of a file, which is relative to where all files of node URLs are.</summary>
    public string ResolveFile(string name) => Files.Resolve(name);

    /// <summary>Has something logged that is taken, but worth a look.</summary>
    /// <param name="warning">It, as it would follow the node's name.</param>
    public void Warn(string warning) => _problems.Warn($"{Name}: {warning}");
}

namespace GostNet.Relaying;

/// <summary>Where a flow's datagrams go: a target that was chosen and opened for it.</summary>
internal interface IDatagramUpstream : IAsyncDisposable
{
    /// <summary>The open socket to it.</summary>
    IDatagramSocket Socket { get; }

    /// <summary>The target has answered.</summary>
    void Succeed();

    /// <summary>The target refuses datagrams.</summary>
    void Fail();
}

namespace GostNet.Ssh.Sessions;

/// <summary>Why a channel is not opened (RFC 4254, section 5.1).</summary>
internal enum ChannelOpenFailure
{
    AdministrativelyProhibited = 1,
    ConnectFailed = 2,
    UnknownChannelType = 3,
    ResourceShortage = 4,
}

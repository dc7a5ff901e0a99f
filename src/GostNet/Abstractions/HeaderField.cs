namespace GostNet;

/// <summary>A field of the head of a request or response. Names are in small letters; each character is a byte.</summary>
internal readonly record struct HeaderField(string Name, string Value)
{
    // RFC 9113, section 6.5.2
    private const int Overhead = 32;

    /// <summary>How much it counts where the size of heads is limited.</summary>
    public int Size => Name.Length + Value.Length + Overhead;

    /// <summary>Whether nobody on the way is to remember it (RFC 7541, section 7.1.3).</summary>
    public bool IsSecret => Name is "proxy-authorization" or "authorization";
}

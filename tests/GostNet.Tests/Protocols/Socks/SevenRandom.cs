namespace GostNet.Tests.Protocols.Socks;

/// <summary>Chooses 7, always.</summary>
internal sealed class SevenRandom : Random
{
    public override int Next(int minValue, int maxValue) => 7;
}

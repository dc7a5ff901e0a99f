using GostNet.Internal;

namespace GostNet.Tests.Internal;

public class AsciiHostTests
{
    [Fact]
    public void Encode_AsciiName_GivesTheSameObject()
    {
        HostEndPoint target = new("DB_1.example.", 5432);

        Assert.Same(target, AsciiHost.Encode(target));
    }

    [Fact]
    public void Encode_OtherLetters_GivesALabels() =>
        Assert.Equal(new("xn--bcher-kva.example", 80), AsciiHost.Encode(new("bücher.example", 80)));

    [Fact]
    public void Encode_NameThatGrowsTooLong_IsTheTargetsFault()
    {
        ForwardException failure = Assert.Throws<ForwardException>(() => AsciiHost.Encode(new(new string('ü', 200), 80)));

        Assert.Equal(ForwardError.AddressNotSupported, failure.Error);
        Assert.True(failure.IsTargetFault);
    }
}

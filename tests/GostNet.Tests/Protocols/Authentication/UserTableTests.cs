using System.Net;
using GostNet.Protocols.Authentication;

namespace GostNet.Tests.Protocols.Authentication;

public class UserTableTests
{
    private static readonly UserTable Users = new([new("ann", "secret"), new("bob", "Pässwörd"), new("long", new string('x', 2000))]);

    [Theory]
    [InlineData("ann", "secret", true)]
    [InlineData("bob", "Pässwörd", true)]
    [InlineData("ann", "Pässwörd", false)]
    [InlineData("ann", "Secret", false)]
    [InlineData("Ann", "secret", false)]
    [InlineData("ann", "secre", false)]
    [InlineData("ann", "secrett", false)]
    [InlineData("anns", "ecret", false)]
    [InlineData("an", "nsecret", false)]
    [InlineData("", "annsecret", false)]
    [InlineData("ann", "", false)]
    [InlineData("", "", false)]
    [InlineData("carl", "secret", false)]
    public void Authenticate_OfAPair_IsTrueForTheWholePairOnly(string userName, string password, bool expected) =>
        Assert.Equal(expected, Users.Authenticate(userName, password));

    [Fact]
    public void Authenticate_OfALongPassword_LooksAtAllOfIt()
    {
        Assert.True(Users.Authenticate("long", new string('x', 2000)));
        Assert.False(Users.Authenticate("long", new string('x', 1999) + 'y'));
    }

    [Fact]
    public void Constructor_WithTwoPasswordsForAName_TakesTheLast()
    {
        UserTable users = new([new("ann", "old"), new("ann", "new")]);

        Assert.Equal((1, false, true), (users.Count, users.Authenticate("ann", "old"), users.Authenticate("ann", "new")));
    }

    [Theory]
    [InlineData("ann", "")]
    [InlineData("", "secret")]
    public void Constructor_WithAnEmptyPart_Throws(string userName, string password) =>
        Assert.Throws<ArgumentException>(() => new UserTable(userName, password));

    [Fact]
    public void Constructor_WithoutUsers_Throws() =>
        Assert.Throws<ArgumentException>(() => new UserTable(Array.Empty<NetworkCredential>()));
}

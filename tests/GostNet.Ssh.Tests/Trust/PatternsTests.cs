using System.Text;
using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Tests.Trust;

public sealed class PatternsTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "abc", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("A.Example", "a.eXAMPLE", true)]
    [InlineData("[", "{", false)]
    [InlineData("@", "`", false)]
    [InlineData("ä", "ä", true)]
    public void IsMatch_OfAPattern_KnowsStarsAndQuestionMarks(string pattern, string name, bool expected) =>
        Assert.Equal(expected, Patterns.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("a,b", "b", true)]
    [InlineData("a,b", "c", false)]
    [InlineData("!a", "b", false)]
    [InlineData("!a,*", "b", true)]
    [InlineData("!a,*", "a", false)]
    [InlineData("*,!a", "a", false)]
    [InlineData(",,a", "a", true)]
    public void IsListMatch_OfAList_LetsNegationsWin(string list, string name, bool expected) =>
        Assert.Equal(expected, Patterns.IsListMatch(Encoding.UTF8.GetBytes(list), Encoding.UTF8.GetBytes(name)));
}

using GostNet;
using Microsoft.Extensions.Options;

namespace Snippets;

public static class Mistakes
{
    public static IEnumerable<string> Run()
    {
        #region Mistakes
        try
        {
            new ForwardBuilder().LocalTcp(":8080", "example.com").ViaSocks5("10.0.0.1").Build();
        }
        catch (OptionsValidationException e)
        {
            foreach (string mistake in e.Failures)
            {
                Console.WriteLine(mistake);
            }
            #region not shown
            return e.Failures;
            #endregion
        }
        #endregion

        return [];
    }
}

using GostNet.Selection;

namespace GostNet.Chains;

/// <summary>What a failure says about the node that reported it.</summary>
internal static class HopVerdicts
{
    /// <summary>Charges a node with its failure. One whose rules forbid what it was asked for has done its part (gost-nodes,
    /// section 3.3): it would refuse that at any time, and do everything else.</summary>
    public static void Settle(this NodeLease<ChainNode> hop, ForwardException failure)
    {
        if (failure.Error == ForwardError.Forbidden)
        {
            hop.Succeed();
        }
        else
        {
            hop.Fail();
        }
    }
}

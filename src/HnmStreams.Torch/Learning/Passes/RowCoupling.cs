using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Backbones;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The rule that decides if a network may process a batch in parts.</summary>
internal static class RowCoupling
{
    private const string BatchStatistics = "running_mean";

    /// <summary>Returns the reason why the parts of a batch would have another gradient than the batch; null if they have the same one.</summary>
    /// <param name="lossCouplesRows">True if the loss compares rows, so that a step runs each part twice.</param>
    public static string? Of(nn.Module network, bool lossCouplesRows)
    {
        if (network is TorchScriptModel && lossCouplesRows)
            return "its loss compares the rows of a batch, so that each part would be computed twice, and a TorchScript model may draw random numbers (dropout).";
        if (lossCouplesRows && network.modules().Any(static module => module is Dropout { p: > 0 }))
            return "its loss compares the rows of a batch, so that each part would be computed twice, and its network draws random numbers (dropout).";
        // The statistics of a backbone are those of its file. The buffers of other networks are statistics of batches; those of a user's model may be constants.
        var statistics = network is BackboneNet ? null : network.named_buffers().Select(static b => b.name).FirstOrDefault(
            name => network is not TorchScriptModel || name.EndsWith(BatchStatistics, StringComparison.Ordinal));
        return statistics is null ? null : $"its network computes statistics over the rows of a batch ('{statistics}').";
    }
}

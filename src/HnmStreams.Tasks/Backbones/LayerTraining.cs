using HnmStreams.Torch;

namespace HnmStreams.Tasks.Backbones;

/// <summary>The rule of how the layers of a backbone are trained. Pure.</summary>
internal static class LayerTraining
{
    /// <param name="layer">The layer, counted from the input; null for the head.</param>
    /// <param name="layers">The number of layers.</param>
    public static ParameterTraining Of(int? layer, int layers, BackboneOptions options)
    {
        if (layer is not { } index)
            return ParameterTraining.Full;
        var rate = options.LearningRateFactor * Math.Pow(options.LayerDecay, layers - 1 - index);
        return index >= options.FrozenLayers ? new ParameterTraining(rate, 0)
            : options.UnfreezeAtStep > 0 ? new ParameterTraining(rate, options.UnfreezeAtStep)
            : ParameterTraining.Frozen;
    }
}

using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>
/// The factor of the learning rate of <c>adam</c> that falls in proportion to the hardness of the batches once they are memorized. The hardness is
/// a cross-entropy, averaged over about 20 steps and separately for the class and the rest of a binary task; the larger average decides, so that a rare
/// class that is not learned yet keeps the full rate.
/// </summary>
/// <remarks>
/// Adam divides a gradient by its own size, so that its steps keep their length although the loss vanishes. On a small set that is repeated, weights
/// then move at full speed without anything left to learn, and the metric on other examples decays. The factor makes the steps as small as the loss.
/// New examples that the model does not know raise the hardness and with it the rate.
/// One thread. O(rows) per step. A function of the rows and the steps before, so that a replay has the same factors.
/// </remarks>
/// <param name="fullRateHardness">The mean hardness from which on the rate is full; 0 always leaves it full.</param>
/// <param name="isBinary">True if label 1 is one class and label 0 the rest.</param>
internal sealed class MemorizationBackoff(double fullRateHardness, bool isBinary)
{
    /// <summary>The number of values in <see cref="Capture"/>.</summary>
    public const int StateLength = 2;

    private const double Decay = 0.95;

    // The averages of the rest (or of all labels) and of the class; NaN before their first row.
    private readonly double[] _means = [double.NaN, double.NaN];

    /// <summary>The factor after the newest step, above 0 and at most 1.</summary>
    public double Factor => fullRateHardness == 0 ? 1 : FactorOf(Larger(_means[0], _means[1]), fullRateHardness);

    /// <summary>Returns the factor for a mean hardness; 1 if it is not known. Pure.</summary>
    public static double FactorOf(double hardness, double fullRateHardness) => double.IsNaN(hardness) ? 1 : Math.Clamp(hardness / fullRateHardness, 1e-6, 1);

    /// <summary>Takes a batch into account, with the hardness from before its step.</summary>
    public void Add(ReadOnlySpan<int> labels, ReadOnlySpan<float> hardness)
    {
        Span<double> sums = [0, 0];
        Span<int> counts = [0, 0];
        for (var row = 0; row < labels.Length; row++)
        {
            var side = isBinary && labels[row] == 1 ? 1 : 0;
            sums[side] += hardness[row];
            counts[side]++;
        }

        for (var side = 0; side < StateLength; side++)
        {
            var mean = sums[side] / counts[side];
            // Also leaves out a side without rows, whose mean is not a number.
            if (double.IsFinite(mean))
                _means[side] = double.IsNaN(_means[side]) ? mean : (Decay * _means[side]) + ((1 - Decay) * mean);
        }
    }

    /// <summary>Returns the averages as a tensor, for a checkpoint. The caller disposes it.</summary>
    public Tensor Capture() => tensor([.. _means], float64);

    /// <summary>Restores captured averages.</summary>
    /// <exception cref="InvalidDataException">The tensor does not hold two averages.</exception>
    public void Restore(Tensor captured)
    {
        if (captured.dtype != ScalarType.Float64 || captured.NumberOfElements != StateLength)
            throw new InvalidDataException($"The averages of the hardness must be {StateLength} numbers of type F64 but are {captured.NumberOfElements} of type {captured.dtype}.");
        captured.data<double>().ToArray().CopyTo(_means, 0);
    }

    private static double Larger(double first, double second) => double.IsNaN(first) ? second : double.IsNaN(second) ? first : Math.Max(first, second);
}

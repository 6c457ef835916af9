using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>
/// A window of outcomes of the question if an example belongs to any class. Two scores are judged: 1 minus the largest probability (Hendrycks and
/// Gimpel, arXiv 1610.02136, section 2), and the energy -log sum exp(z) of the centered logits (Liu et al., arXiv 2010.03759, section 3).
/// </summary>
/// <remarks>
/// One owner. O(classes) per example. Cross-entropy does not determine the mean of an example's logits, which varies at random between examples and
/// would drown the energy, so it is subtracted first. The probabilities do not depend on it.
/// </remarks>
internal sealed class OpenSetOutcomes(int capacity)
{
    private const string Structure = "open set outcomes";

    private readonly BinaryWindow _confidence = new(capacity);
    private readonly BinaryWindow _energy = new(capacity);

    public int Count => _confidence.Count;

    /// <summary>Adds an example.</summary>
    /// <param name="logits">Finite, one per class.</param>
    public void Add(ReadOnlySpan<float> logits, bool isUnknown, float weight)
    {
        var (largest, mean) = (double.NegativeInfinity, 0.0);
        foreach (var z in logits)
        {
            largest = Math.Max(largest, z);
            mean += z / logits.Length;
        }

        var sum = 0.0;
        foreach (var z in logits)
            sum += Math.Exp(z - largest);
        _confidence.Add((float)(1 - (1 / sum)), isUnknown, weight);
        _energy.Add((float)(mean - largest - Math.Log(sum)), isUnknown, weight);
    }

    public void Clear()
    {
        _confidence.Clear();
        _energy.Clear();
    }

    /// <summary>Adds the metrics, which are NaN without an unknown example.</summary>
    public void AddTo(Dictionary<string, double> metrics)
    {
        metrics["openSetAveragePrecision"] = _confidence.AveragePrecision();
        metrics["openSetEnergyAveragePrecision"] = _energy.AveragePrecision();
        metrics["openSetBaseRate"] = _confidence.PositiveShare();
    }

    public void Save(StateWriter writer)
    {
        writer.WriteWindow(Structure, _confidence.Save());
        writer.WriteWindow(Structure, _energy.Save());
    }

    /// <exception cref="InvalidDataException">The state is not that of such outcomes.</exception>
    public void Restore(StateReader reader)
    {
        _confidence.Restore(reader.ReadWindow<float, bool>(Structure));
        _energy.Restore(reader.ReadWindow<float, bool>(Structure));
    }
}

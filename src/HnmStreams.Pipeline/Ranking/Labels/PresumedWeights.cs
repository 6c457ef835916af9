using HnmStreams.Evaluation.Delays;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking.Labels;

/// <summary>
/// The weights of presumed negatives (<c>labels.delayCorrection</c>), by the served probabilities and the distribution of the delays of positive labels
/// so far; see <see cref="DelayedFeedback.FeedbackShiftNegativeWeight"/>.
/// </summary>
/// <remarks>
/// Owned by the ranking stage: one thread, no locks. The distribution is the empirical one of the positives whose label has come, in time or as a
/// correction of the presumption. A label after <c>labels.corrections</c> finds no example and is not counted, and a delay that is longer than the
/// stream has not been seen: the share in time is then too high, and the weights are too close to 1. Positives are not weighted, because a label that
/// is late corrects the presumption and the example is learned as a positive then.
/// </remarks>
internal sealed class PresumedWeights(IMiningTask task, WaitingOptions options)
{
    /// <summary>The number of positive labels from which on presumed negatives are weighted.</summary>
    public const int MinPositives = 30;

    private const string Structure = "presumed weights";

    private readonly LabelDelays _positives = new();
    private long _weighted;
    private double _sum;

    /// <summary>True if presumed negatives are weighted.</summary>
    public bool IsEnabled { get; } = options.DelayCorrection != DelayCorrection.None;

    /// <summary>A copy of the present figures; null if presumed negatives are not weighted.</summary>
    public PresumedWeightStatus? Status => IsEnabled
        ? new PresumedWeightStatus((long)_positives.Labeled, InTime(), _weighted, _weighted == 0 ? null : _sum / _weighted)
        : null;

    /// <summary>Returns the probability that a positive is served with; NaN if it is not needed or unknown.</summary>
    /// <param name="outputs">The served outputs.</param>
    /// <param name="calibration">The calibration of the served version; null without one.</param>
    public float Probability(ReadOnlySpan<float> outputs, Evaluation.Calibration.OutputCalibration? calibration) =>
        IsEnabled && task.HasPositives && !outputs.IsEmpty && Probabilities.Of(task, outputs, calibration) is { } probabilities ? (float)probabilities[1] : float.NaN;

    /// <summary>Takes the delays of the results, and multiplies the weights of the presumed negatives among them. O(results + ranges).</summary>
    public void Apply(WaitingResults results)
    {
        if (!IsEnabled)
            return;
        double? inTime = null;
        foreach (var result in results.Items)
        {
            if (result.Row < 0)
                continue;
            if (result.IsPresumed)
                Weigh(results, result, inTime ??= InTime() ?? 1);
            else if ((result.PreviousLabel < 0 || result.WasPresumed) && task.RoleOf(results.Rows.Labels[result.Row]) == ExampleRole.Positive)
                _positives.Add(result.LabelArrival - result.Arrival);
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteArray<double>(_positives.Save());
        writer.WriteInt64(_weighted);
        writer.WriteDouble(_sum);
    }

    /// <exception cref="InvalidDataException">The state is not that of such weights.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        _positives.Restore(reader.ReadArray<double>());
        (_weighted, _sum) = (reader.ReadInt64(), reader.ReadDouble());
        if (_weighted < 0 || !(_sum >= 0 && _sum <= _weighted))
            throw reader.Invalid($"{_weighted} presumed negatives with a sum of weights of {_sum}");
    }

    private double? InTime() => _positives.Labeled < MinPositives ? null : _positives.Within(options.Timeout);

    private void Weigh(WaitingResults results, in WaitingResult result, double inTime)
    {
        var probability = float.IsNaN(result.Served.Probability) ? Probability(results.OutputsOf(result), null) : result.Served.Probability;
        // Without a prediction nothing is known.
        if (float.IsNaN(probability))
            return;
        var weight = DelayedFeedback.FeedbackShiftNegativeWeight(probability, inTime);
        results.Rows.SetWeight(result.Row, (float)(results.Rows.Weights[result.Row] * weight));
        (_weighted, _sum) = (_weighted + 1, _sum + weight);
    }
}

/// <summary>The weights of presumed negatives.</summary>
/// <param name="Positives">The number of positive labels whose delay is known. Below 30, the weights are 1.</param>
/// <param name="InTime">The share of them that came within <c>labels.timeout</c>, 0 to 1; null if there is not enough data yet.</param>
/// <param name="Weighted">The number of presumed negatives that were weighted.</param>
/// <param name="MeanWeight">The mean of their weights; null without any.</param>
public sealed record PresumedWeightStatus(long Positives, double? InTime, long Weighted, double? MeanWeight);

using HnmStreams.Evaluation.Delays;
using HnmStreams.Evaluation.Outcomes;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Pipeline.Ranking.Outcomes;

/// <summary>
/// The account of served predictions and their labels: metrics per model version and over the delay of the label, the distribution of delays, and
/// changes of the error and of the predictions.
/// </summary>
/// <remarks>
/// Owned by the ranking stage: one thread, no locks. O(1) per prediction and label. Probabilities are those without calibration. A presumed
/// label is no outcome; a corrected one replaces its earlier outcome. Drift sees each label once, as it arrives.
/// </remarks>
internal sealed class ServedOutcomes(IMiningTask task, TimeProvider time)
{
    private const string Structure = "served outcomes";

    // The status is asked for after each batch, and sums all cells.
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);

    private readonly OutcomeTable _table = new();
    private readonly LabelDelays _delays = new();
    private readonly WatchedMean _error = new();
    private readonly WatchedMean _prediction = new();
    private ServedStatus? _status;
    private long _statusAt;

    /// <summary>The status, at most a second old.</summary>
    public ServedStatus Status
    {
        get
        {
            if (_status is null || time.GetElapsedTime(_statusAt) >= StatusInterval)
                (_status, _statusAt) = (Summarize(), time.GetTimestamp());
            return _status;
        }
    }

    /// <summary>Takes a prediction that was served.</summary>
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="now">The stream time.</param>
    public void TakePrediction(ReadOnlySpan<float> outputs, DateTimeOffset now)
    {
        if (Probabilities.Of(task, outputs, null) is { } probabilities)
            _prediction.Add(task.HasPositives ? probabilities[1] : probabilities.Max(), now);
    }

    /// <summary>Takes a result of the waiting store.</summary>
    /// <param name="outputs">The outputs that were served for the example; may be empty.</param>
    /// <param name="label">The label of the example's row; ignored without a row.</param>
    /// <param name="weight">The weight of the example in evaluations.</param>
    /// <param name="now">The stream time.</param>
    public void Take(in WaitingResult result, ReadOnlySpan<float> outputs, int label, float weight, DateTimeOffset now)
    {
        if (result.Kind == WaitingResultKind.Dropped)
            _delays.AddCensored(now - result.Arrival);
        if (result.IsPresumed || result.Kind is not (WaitingResultKind.Joined or WaitingResultKind.Corrected or WaitingResultKind.Confirmed))
            return;
        var isFirstLabel = result.PreviousLabel < 0 || result.WasPresumed;
        if (isFirstLabel)
            _delays.Add(result.LabelArrival - result.Arrival);
        if (outputs.IsEmpty || Probabilities.Of(task, outputs, null) is not { } probabilities)
            return;
        if (!isFirstLabel && !result.HasNewInput)
            Count(result, probabilities, result.PreviousLabel, weight, result.PreviousLabelArrival, isAdded: false);
        var (probability, positive) = Count(result, probabilities, label, weight, result.LabelArrival, isAdded: true);
        _error.Add(Math.Abs((positive ? 1 : 0) - probability), now);
    }

    public void Save(StateWriter writer)
    {
        var content = _table.Save();
        writer.Begin(Structure, 1);
        writer.WriteInt32(content.Bins);
        writer.WriteInt32(content.Cells.Length);
        foreach (var cell in content.Cells)
        {
            writer.WriteInt64(cell.Version);
            writer.WriteInt32(cell.Delay);
            writer.WriteArray<double>(cell.Values);
        }

        writer.WriteArray<double>(_delays.Save());
        _error.Save(writer);
        _prediction.Save(writer);
    }

    /// <exception cref="InvalidDataException">The state is not that of such outcomes.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        var bins = reader.ReadInt32();
        var cells = new OutcomeCell[reader.ReadCount(16)];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = new OutcomeCell(reader.ReadInt64(), reader.ReadInt32(), reader.ReadArray<double>());
        _table.Restore(new OutcomeContent(bins, cells));
        _delays.Restore(reader.ReadArray<double>());
        _error.Restore(reader);
        _prediction.Restore(reader);
        _status = null;
    }

    // Of a task without positives, the outcome is that of the predicted class or set of labels: the probability that it is right.
    private (double Probability, bool IsPositive) Count(
        in WaitingResult result, IReadOnlyList<double> probabilities, int label, float weight, DateTimeOffset labelArrival, bool isAdded)
    {
        var (predicted, probability) = !task.HasPositives && task is LabeledTask labeled ? labeled.Predict(probabilities) : (1, probabilities[1]);
        var positive = label == predicted;
        var delay = labelArrival - result.Arrival;
        if (isAdded)
            _table.Add(result.Served.Version, delay, (float)probability, positive, weight);
        else
            _table.Remove(result.Served.Version, delay, (float)probability, positive, weight);
        return (probability, positive);
    }

    private ServedStatus Summarize() => new(
        ServedMetrics.Of(_table.Total()),
        [.. _table.ByVersion().Select(v => new ServedVersion(v.Version, ServedMetrics.Of(v.Metrics)))],
        [.. _table.ByDelay().Select(d => new ServedDelay(d.From, d.To, ServedMetrics.Of(d.Metrics)))],
        _delays.Quantile(0.5),
        _delays.Quantile(0.9),
        _error.Status,
        _prediction.Status);
}

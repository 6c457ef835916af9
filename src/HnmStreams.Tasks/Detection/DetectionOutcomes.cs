using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Detection.Rows;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// A window of detections and true objects in recent images. The weight of an image is ignored, because the metric
/// has no weights.
/// </summary>
internal sealed class DetectionOutcomes(int capacity, DetectionOptions options, AnchorGrid grid, int pixelBytes) : IOutcomeMetrics
{
    public const string Primary = "meanAveragePrecision";
    private const string Structure = "detection outcomes";

    // Below this value, the model's losses say little about hardness; a random model is at 0.00.
    private const double MinMeanAveragePrecision = 0.05;
    private const int MinImages = 8;

    private readonly Queue<Outcome> _outcomes = new();

    public int Count => _outcomes.Count;

    public void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var value in outputs)
        {
            if (float.IsNaN(value))
                return;
        }

        Add(new Outcome([.. DetectionDecoder.Of(outputs, grid, options)], DetectionRow.Objects(rows, row, pixelBytes).ToArray()));
    }

    public void Clear() => _outcomes.Clear();

    public IReadOnlyDictionary<string, double> Compute()
    {
        var (found, objects) = Gather();
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal) { [Primary] = DetectionMetrics.MeanAveragePrecision(found, objects) };
        for (var label = 0; label < options.Labels.Length; label++)
            metrics[$"averagePrecision.{options.Labels[label]}"] = DetectionMetrics.AveragePrecision(found, objects, label);
        return metrics;
    }

    public bool BeatsChance()
    {
        if (Count < MinImages)
            return false;
        var (found, objects) = Gather();
        return DetectionMetrics.MeanAveragePrecision(found, objects) > MinMeanAveragePrecision;
    }

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt32(_outcomes.Count);
        foreach (var outcome in _outcomes)
        {
            writer.WriteArray<DetectedObject>(outcome.Found);
            writer.WriteArray<EncodedObject>(outcome.Objects);
        }
    }

    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        _outcomes.Clear();
        for (var left = reader.ReadCount(8); left > 0; left--)
        {
            var found = reader.ReadArray<DetectedObject>();
            if (Array.Exists(found, static detected => float.IsNaN(detected.Score)))
                throw reader.Invalid("the score of a detection is NaN");
            Add(new Outcome(found, reader.ReadArray<EncodedObject>()));
        }
    }

    private void Add(Outcome outcome)
    {
        _outcomes.Enqueue(outcome);
        if (_outcomes.Count > capacity)
            _outcomes.Dequeue();
    }

    private (List<Evaluation.Metrics.Detection> Found, List<GroundTruth> Objects) Gather()
    {
        var (found, objects, image) = (new List<Evaluation.Metrics.Detection>(), new List<GroundTruth>(), 0);
        foreach (var outcome in _outcomes)
        {
            found.AddRange(outcome.Found.Select(f => new Evaluation.Metrics.Detection(image, f.Class, f.Score, f.Region)));
            objects.AddRange(outcome.Objects.Select(o => new GroundTruth(image, o.Class, o.Region, o.IsDifficult)));
            image++;
        }

        return (found, objects);
    }

    private sealed record Outcome(DetectedObject[] Found, EncodedObject[] Objects);
}

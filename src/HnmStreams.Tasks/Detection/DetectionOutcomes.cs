using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>What was found in the last pictures beside what is there. A picture's weight does not count: the metric knows none.</summary>
internal sealed class DetectionOutcomes(int capacity, DetectionOptions options, AnchorGrid grid, int pixelBytes) : IOutcomeMetrics
{
    public const string Primary = "meanAveragePrecision";
    private const string Structure = "detection outcomes";

    // Below it the model's losses say little of what is hard; a random one is at 0.00.
    private const double BetterThanChance = 0.05;
    private const int FewestPictures = 8;

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
        var (found, there) = Gather();
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal) { [Primary] = DetectionMetrics.MeanAveragePrecision(found, there) };
        for (var of = 0; of < options.Labels.Length; of++)
            metrics[$"averagePrecision.{options.Labels[of]}"] = DetectionMetrics.AveragePrecision(found, there, of);
        return metrics;
    }

    public bool BeatsChance()
    {
        if (Count < FewestPictures)
            return false;
        var (found, there) = Gather();
        return DetectionMetrics.MeanAveragePrecision(found, there) > BetterThanChance;
    }

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt32(_outcomes.Count);
        foreach (var outcome in _outcomes)
        {
            writer.WriteArray<Find>(outcome.Found);
            writer.WriteArray<ObjectInRow>(outcome.There);
        }
    }

    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        _outcomes.Clear();
        for (var left = reader.ReadCount(8); left > 0; left--)
            Add(new Outcome(reader.ReadArray<Find>(), reader.ReadArray<ObjectInRow>()));
    }

    private void Add(Outcome outcome)
    {
        _outcomes.Enqueue(outcome);
        if (_outcomes.Count > capacity)
            _outcomes.Dequeue();
    }

    private (List<Evaluation.Metrics.Detection> Found, List<GroundTruth> There) Gather()
    {
        var (found, there, picture) = (new List<Evaluation.Metrics.Detection>(), new List<GroundTruth>(), 0);
        foreach (var outcome in _outcomes)
        {
            found.AddRange(outcome.Found.Select(f => new Evaluation.Metrics.Detection(picture, f.Class, f.Score, RegionOf(f.Region))));
            there.AddRange(outcome.There.Select(o => new GroundTruth(picture, o.Class, RegionOf(o.Region))));
            picture++;
        }

        return (found, there);
    }

    private static Region RegionOf(in Box box) => new(box.X1, box.Y1, box.X2, box.Y2);

    private sealed record Outcome(Find[] Found, ObjectInRow[] There);
}

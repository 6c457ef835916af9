using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>A window of outcomes of one class against the rest. Label 1 is the positive class, and the first output is its score.</summary>
internal sealed class RankingOutcomes(int capacity) : IOutcomeMetrics
{
    public const string Primary = "averagePrecision";
    private const string Structure = "ranking outcomes";

    private readonly BinaryWindow _window = new(capacity);

    public int Count => _window.Count;

    public void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _window.Add(outputs[0], rows.Labels[row] == 1, rows.Weights[row]);
    }

    public void Clear() => _window.Clear();

    public IReadOnlyDictionary<string, double> Compute() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        [Primary] = _window.AveragePrecision(),
        ["rocAuc"] = _window.RocAuc(),
        ["recallAtPrecision90"] = _window.RecallAtPrecision(0.9),
        ["baseRate"] = _window.PositiveShare(),
    };

    public bool BeatsChance() => _window.BeatsChance();

    public void Save(StateWriter writer) => writer.WriteWindow(Structure, _window.Save());

    public void Restore(StateReader reader) => _window.Restore(reader.ReadWindow<float, bool>(Structure));
}

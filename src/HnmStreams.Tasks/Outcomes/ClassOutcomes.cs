using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>
/// A window of outcomes of several classes. The predicted class is the largest output, the first of equal ones. Examples that belong to no class
/// do not count in the metrics of the classes.
/// </summary>
/// <param name="hasUnknown">True if there are examples that belong to no class. Their label is the number of classes.</param>
internal sealed class ClassOutcomes(int capacity, bool hasUnknown = false) : IOutcomeMetrics
{
    public const string Primary = "accuracy";
    private const string Structure = "class outcomes";

    private readonly ClassWindow _window = new(capacity);
    private readonly OpenSetOutcomes? _openSet = hasUnknown ? new OpenSetOutcomes(capacity) : null;

    public int Count => _openSet?.Count ?? _window.Count;

    public void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var best = 0;
        for (var i = 0; i < outputs.Length; i++)
        {
            if (float.IsNaN(outputs[i]))
                return;
            if (outputs[i] > outputs[best])
                best = i;
        }

        var (label, weight) = (rows.Labels[row], rows.Weights[row]);
        _openSet?.Add(outputs, isUnknown: label >= outputs.Length, weight);
        if (label < outputs.Length)
            _window.Add(best, label, weight);
    }

    public void Clear()
    {
        _window.Clear();
        _openSet?.Clear();
    }

    public IReadOnlyDictionary<string, double> Compute()
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Primary] = _window.Accuracy(),
            ["macroF1"] = _window.MacroF1(),
        };
        _openSet?.AddTo(metrics);
        return metrics;
    }

    public bool BeatsChance() => _window.BeatsChance();

    public void Save(StateWriter writer)
    {
        writer.WriteWindow(Structure, _window.Save());
        _openSet?.Save(writer);
    }

    public void Restore(StateReader reader)
    {
        _window.Restore(reader.ReadWindow<int, int>(Structure));
        _openSet?.Restore(reader);
    }
}

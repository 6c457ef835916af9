using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>A window of outcomes of several classes. The predicted class is the largest output, the first of equal ones.</summary>
internal sealed class ClassOutcomes(int capacity) : IOutcomeMetrics
{
    public const string Primary = "accuracy";
    private const string Structure = "class outcomes";

    private readonly ClassWindow _window = new(capacity);

    public int Count => _window.Count;

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

        _window.Add(best, rows.Labels[row], rows.Weights[row]);
    }

    public void Clear() => _window.Clear();

    public IReadOnlyDictionary<string, double> Compute() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        [Primary] = _window.Accuracy(),
        ["macroF1"] = _window.MacroF1(),
    };

    public bool BeatsChance() => _window.BeatsChance();

    public void Save(StateWriter writer) => writer.WriteWindow(Structure, _window.Save());

    public void Restore(StateReader reader) => _window.Restore(reader.ReadWindow<int, int>(Structure));
}

using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>
/// A window of outcomes of examples with any number of labels. Each label is ranked by its own output. A label is predicted if its probability is at least 0.5, that is, if
/// its output is 0 or more. Bit i of the label of a row is set if label i applies.
/// </summary>
/// <remarks>O(labels) per example.</remarks>
internal sealed class LabelSetOutcomes : IOutcomeMetrics
{
    public const string Primary = "macroAveragePrecision";
    private const string Structure = "label set outcomes";

    private readonly BinaryWindow[] _windows;
    private readonly ClassWindow _sets;
    private readonly string[] _names;

    /// <param name="names">The names of the labels, in the order of the outputs.</param>
    public LabelSetOutcomes(int capacity, IEnumerable<string> names)
    {
        _names = [.. names];
        _windows = [.. _names.Select(_ => new BinaryWindow(capacity))];
        _sets = new ClassWindow(capacity);
    }

    public int Count => _sets.Count;

    public void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var predicted = 0;
        for (var label = 0; label < _windows.Length; label++)
        {
            if (float.IsNaN(outputs[label]))
                return;
            if (outputs[label] >= 0)
                predicted |= 1 << label;
        }

        var (set, weight) = (rows.Labels[row], rows.Weights[row]);
        for (var label = 0; label < _windows.Length; label++)
            _windows[label].Add(outputs[label], (set >> label & 1) != 0, weight);
        _sets.Add(predicted, set, weight);
    }

    public void Clear()
    {
        foreach (var window in _windows)
            window.Clear();
        _sets.Clear();
    }

    /// <summary>
    /// Returns the average precision of each label, their mean over the labels that some examples have and some do not, the F1 of all decisions, and the share of examples
    /// whose whole set is right.
    /// </summary>
    public IReadOnlyDictionary<string, double> Compute()
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        var precisions = _windows.Select(static window => window.PositiveShare() is > 0 and < 1 ? window.AveragePrecision() : double.NaN).ToArray();
        var defined = precisions.Where(double.IsFinite).ToArray();
        metrics[Primary] = defined.Length > 0 ? defined.Average() : double.NaN;
        metrics["microF1"] = MicroF1();
        metrics["exactMatch"] = _sets.Accuracy();
        for (var label = 0; label < _names.Length; label++)
            metrics[$"averagePrecision.{_names[label]}"] = precisions[label];
        return metrics;
    }

    /// <summary>Returns true if some label is ranked better than by chance.</summary>
    public bool BeatsChance() => _windows.Any(static window => window.BeatsChance());

    public void Save(StateWriter writer)
    {
        writer.WriteWindow(Structure, _sets.Save());
        foreach (var window in _windows)
            writer.WriteWindow(Structure, window.Save());
    }

    public void Restore(StateReader reader)
    {
        _sets.Restore(reader.ReadWindow<int, int>(Structure));
        foreach (var window in _windows)
            window.Restore(reader.ReadWindow<float, bool>(Structure));
    }

    // 2 tp / (2 tp + fp + fn), weighted.
    private double MicroF1()
    {
        var content = _sets.Save();
        var (both, either) = (0.0, 0.0);
        for (var i = 0; i < content.Values.Length; i++)
        {
            var (predicted, actual) = (content.Values[i], content.Truths[i]);
            both += 2.0 * content.Weights[i] * int.PopCount(predicted & actual);
            either += (double)content.Weights[i] * (int.PopCount(predicted) + int.PopCount(actual));
        }

        return either > 0 ? both / either : double.NaN;
    }
}

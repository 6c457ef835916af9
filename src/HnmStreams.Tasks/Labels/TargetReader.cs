using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Torch;

namespace HnmStreams.Tasks.Labels;

/// <summary>
/// Turns a target, a class by index or by name, into a label: 1 or 0 where one class stands against the rest, else the
/// index of the class. Immutable.
/// </summary>
internal sealed class TargetReader
{
    private readonly string? _positive;
    private readonly string[] _labels;
    private readonly int _positiveIndex;

    /// <param name="positive">The one against the rest, by name or by index; null for all classes.</param>
    /// <param name="labels">Names in the order of their indices; may be empty where <paramref name="positive"/> is given: any other class is the rest then.</param>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    public TargetReader(string? positive, IReadOnlyList<string> labels)
    {
        if (Problem(positive, labels) is { } problem)
            throw new ArgumentException(problem, nameof(labels));
        (_positive, _labels) = (positive, [.. labels]);
        var named = Array.IndexOf(_labels, positive);
        _positiveIndex = named >= 0 ? named
            : int.TryParse(positive, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
    }

    /// <summary>Classes, or 1 for one against the rest: the width of the output.</summary>
    public int Width => _positive is null ? _labels.Length : 1;

    /// <summary>What is wrong with such settings, or null.</summary>
    public static string? Problem(string? positive, IReadOnlyList<string> labels)
    {
        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count)
            return "Labels must differ from each other.";
        if (positive is null)
            return labels.Count < 2 ? "Without Positive (one class against the rest), Labels must name 2 classes or more." : null;
        if (positive.Length == 0)
            return "Positive must not be empty.";
        if (labels.Count == 0 || labels.Contains(positive, StringComparer.Ordinal))
            return null;
        return int.TryParse(positive, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < labels.Count
            ? null
            : $"Positive is '{positive}', which is not among Labels ({string.Join(", ", labels)}).";
    }

    /// <returns>Null, and the label; or the refusal.</returns>
    public Refusal? Read(Target target, out int label)
    {
        label = 0;
        switch (target)
        {
            case Target.ClassIndex byIndex:
                if (byIndex.Index < 0 || (_labels.Length > 0 && byIndex.Index >= _labels.Length))
                    return new Refusal("unknown-label", $"The class index is {byIndex.Index}; {Expected}.");
                label = _positive is null ? byIndex.Index : byIndex.Index == _positiveIndex ? 1 : 0;
                return null;
            case Target.Label byName:
                var index = Array.IndexOf(_labels, byName.Name);
                if (_labels.Length > 0 && index < 0)
                    return new Refusal("unknown-label", $"The label is '{ShortText.Of(byName.Name)}'; {Expected}.");
                label = _positive is null ? index : IsPositive(byName.Name, index) ? 1 : 0;
                return null;
            default:
                return new Refusal("wrong-target", $"The target is {target.GetType().Name}; a class index or a label is expected.");
        }
    }

    /// <summary>What a label that <see cref="Read"/> gave is called.</summary>
    public string NameOf(int label) => _positive is not null ? label == 1 ? _positive : $"not {_positive}"
        : label >= 0 && label < _labels.Length ? _labels[label]
        : label.ToString(CultureInfo.InvariantCulture);

    private string Expected => _labels.Length > 0 ? $"known are {string.Join(", ", _labels)}, indexed from 0" : "0 or more is expected";

    private bool IsPositive(string name, int index) =>
        index >= 0 ? index == _positiveIndex : string.Equals(name, _positive, StringComparison.Ordinal);
}

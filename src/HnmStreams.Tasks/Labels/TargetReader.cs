using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Labels;

/// <summary>
/// A converter of targets (a class by index or by name) into labels: 1 or 0 for one class against the rest, otherwise
/// the index of the class, and after the last one the label of examples that belong to no class. Immutable.
/// </summary>
internal sealed class TargetReader
{
    private readonly string? _positive;
    private readonly string? _rest;
    private readonly string[] _labels;
    private readonly string? _unknown;
    private readonly int _positiveIndex;

    /// <param name="positive">The positive class, by name or by index; null for all classes.</param>
    /// <param name="labels">The names in the order of their indices. May be empty if <paramref name="positive"/> is set; every other class then belongs to the rest.</param>
    /// <param name="unknown">The label of examples that belong to no class; null for none.</param>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public TargetReader(string? positive, IReadOnlyList<string> labels, string? unknown = null)
    {
        if (Problem(positive, labels) is { } problem)
            throw new ArgumentException(problem, nameof(labels));
        (_positive, _rest, _labels, _unknown) = (positive, positive is null ? null : $"not {positive}", [.. labels], unknown);
        var named = Array.IndexOf(_labels, positive);
        _positiveIndex = named >= 0 ? named
            : int.TryParse(positive, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
    }

    /// <summary>The width of the output: 1 for one class against the rest, otherwise the number of classes.</summary>
    public int Width => _positive is null ? _labels.Length : 1;

    /// <summary>Returns the contradiction in the settings, or null.</summary>
    public static string? Problem(string? positive, IReadOnlyList<string> labels)
    {
        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count)
            return "labels must differ from each other";
        if (positive is null)
            return labels.Count < 2 ? "labels must name at least 2 classes if positive (one class against the rest) is not set" : null;
        if (positive.Length == 0)
            return "positive must not be empty";
        if (labels.Count == 0 || labels.Contains(positive, StringComparer.Ordinal))
            return null;
        return int.TryParse(positive, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < labels.Count
            ? null
            : $"positive must be one of labels ({string.Join(", ", labels)}) but is '{positive}'";
    }

    /// <returns>Null and the label, or the rejection.</returns>
    public Rejection? Read(Target target, out int label)
    {
        label = 0;
        switch (target)
        {
            case Target.ClassIndex byIndex:
                if (byIndex.Index < 0 || (_labels.Length > 0 && byIndex.Index >= _labels.Length))
                    return new Rejection(RejectionReasons.UnknownLabel, $"The class index must be {Expected} but is {byIndex.Index}.");
                label = _positive is null ? byIndex.Index : byIndex.Index == _positiveIndex ? 1 : 0;
                return null;
            case Target.Label byName:
                var index = Array.IndexOf(_labels, byName.Name);
                if (index < 0 && IsUnknown(target))
                {
                    label = _labels.Length;
                    return null;
                }

                // The name that people see for the rest, and answer with.
                if (index < 0 && _rest is not null && string.Equals(byName.Name, _rest, StringComparison.Ordinal))
                    return null;
                if (_labels.Length > 0 && index < 0)
                    return new Rejection(RejectionReasons.UnknownLabel, $"The label must be {Expected} but is '{TextExcerpt.Of(byName.Name)}'.");
                label = _positive is null ? index : IsPositive(byName.Name, index) ? 1 : 0;
                return null;
            default:
                return new Rejection(RejectionReasons.WrongTarget, $"The target must be a class index or a label but is {ExampleKinds.Of(target)}.");
        }
    }

    /// <summary>True if the example belongs to no class.</summary>
    public bool IsUnknown(Target target) => _unknown is not null && target is Target.Label byName && string.Equals(byName.Name, _unknown, StringComparison.Ordinal);

    /// <summary>Returns the name of a label that <see cref="Read"/> returned.</summary>
    public string NameOf(int label) => _positive is not null ? label == 1 ? _positive : _rest!
        : label >= 0 && label < _labels.Length ? _labels[label]
        : label == _labels.Length && _unknown is not null ? _unknown
        : label.ToString(CultureInfo.InvariantCulture);

    private string Expected => _labels.Length > 0 ? $"one of {string.Join(", ", _labels)}, indexed from 0,{(_unknown is null ? "" : $" or {_unknown},")}" : "0 or more";

    private bool IsPositive(string name, int index) =>
        index >= 0 ? index == _positiveIndex : string.Equals(name, _positive, StringComparison.Ordinal);
}

using System.Collections.Frozen;
using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Tabular;

/// <summary>The features whose strings are numbers, and the strings that mean a missing value in them. Immutable.</summary>
internal sealed class QuotedNumbers(IEnumerable<string> names, IEnumerable<string> missing)
{
    private readonly FrozenSet<string> _names = names.ToFrozenSet(StringComparer.Ordinal);
    private readonly FrozenSet<string> _missing = missing.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string name) => _names.Count > 0 && _names.Contains(name);

    public bool IsMissing(string value) => string.IsNullOrWhiteSpace(value) || _missing.Contains(value.Trim());

    /// <summary>Converts the feature's string; returns the rejection if it is not a number.</summary>
    public static Rejection? Read(Feature written, out Feature feature)
    {
        var parsed = double.TryParse(written.Category, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        feature = new Feature(written.Name, number, null);
        return parsed ? null : new Rejection(RejectionReasons.NotANumber, $"The feature '{TextExcerpt.Of(written.Name)}' must be a number, as required by task.tabular.numeric, but is '{TextExcerpt.Of(written.Category!)}'.");
    }
}

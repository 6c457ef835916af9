using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HnmStreams.Data.Options;

/// <summary>
/// The changes that are applied to a set while it is sent, to test how the service reacts to drift and label errors. A record
/// with a changed label carries the true one in the header <c>hnm-truth</c>.
/// </summary>
public sealed class DriftOptions : IValidatableObject
{
    /// <summary>The key of <see cref="Flips"/> that stands for every class.</summary>
    public const string AnyClass = "*";

    /// <summary>
    /// The number of examples that are sent before a class appears, per class name; at least 1. A label that <c>data.labels</c> maps to <c>positive</c> or
    /// <c>negative</c> may be named as well.
    /// </summary>
    [Required]
    public IDictionary<string, string> Appears { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The number of examples that are sent before <see cref="Rates"/> and <see cref="Flips"/> take effect; 0 means from the first.</summary>
    [Range(0L, long.MaxValue)]
    public long After { get; set; }

    /// <summary>
    /// The share of a class in the stream from <see cref="After"/> on, per class name, 0 to 1. Examples are then drawn one by
    /// one: each named class at its rate, the other classes in proportion to their sizes.
    /// </summary>
    [Required]
    public IDictionary<string, string> Rates { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The share of a class's examples that carry the label of another class from <see cref="After"/> on, per class name, 0 to
    /// 1; <c>*</c> stands for every class that is not named. The same examples are chosen in every epoch.
    /// </summary>
    [Required]
    public IDictionary<string, string> Flips { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Returns true if no change is configured.</summary>
    public bool IsNone() => Appears.Count + Rates.Count + Flips.Count == 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, after) in Appears)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
                yield return new ValidationResult($"'{name}' must be the number of examples sent before the class appears, a whole number above 0, but is '{after}'", [nameof(Appears)]);
        }

        foreach (var (name, share) in Rates)
        {
            if (!DataOptions.TryShare(share, out _))
                yield return new ValidationResult($"'{name}' must be a share of the stream from 0 to 1, such as 0.05, but is '{share}'", [nameof(Rates)]);
        }

        if (Rates.Values.Sum(static s => DataOptions.TryShare(s, out var value) ? value : 0) > 1)
            yield return new ValidationResult("the sum of the shares must be at most 1", [nameof(Rates)]);
        foreach (var (name, share) in Flips)
        {
            if (!DataOptions.TryShare(share, out _))
                yield return new ValidationResult($"'{name}' must be the share of wrong labels in the class from 0 to 1, such as 0.05, but is '{share}'", [nameof(Flips)]);
        }
    }
}

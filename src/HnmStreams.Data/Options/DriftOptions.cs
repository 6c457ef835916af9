using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HnmStreams.Data.Options;

/// <summary>
/// How a set changes while it is sent, on request: to try what the service does when the world changes or labels are
/// wrong. A wrong label's true one goes with its record, in the header <c>hnm-truth</c>.
/// </summary>
public sealed class DriftOptions : IValidatableObject
{
    /// <summary>Key of <see cref="Flips"/> that stands for every class.</summary>
    public const string AnyClass = "*";

    /// <summary>Classes that are not there at first: class and the number of examples that are sent before it appears.</summary>
    [Required]
    public IDictionary<string, string> Appears { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Examples that are sent before <see cref="Rates"/> and <see cref="Flips"/> begin; 0 is from the first.</summary>
    [Range(0L, long.MaxValue)]
    public long After { get; set; }

    /// <summary>
    /// Class and its share of the stream from <see cref="After"/> on, whatever it was before. Examples are then drawn one
    /// by one: each class that is named by its rate, the rest as they are to each other.
    /// </summary>
    [Required]
    public IDictionary<string, string> Rates { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Class and the share of its examples that carry another class's label from <see cref="After"/> on; <c>*</c> is every
    /// class that is not named. Always the same examples, and to just this share of them.
    /// </summary>
    [Required]
    public IDictionary<string, string> Flips { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether nothing changes.</summary>
    public bool IsNone() => Appears.Count + Rates.Count + Flips.Count == 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, after) in Appears)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
                yield return new ValidationResult($"'{name}' is '{after}': allowed is the number of examples before it appears, a whole number above 0", [nameof(Appears)]);
        }

        foreach (var (name, share) in Rates)
        {
            if (!DataOptions.TryShare(share, out _))
                yield return new ValidationResult($"'{name}' is '{share}': allowed is its share of the stream, 0 to 1, such as 0.05", [nameof(Rates)]);
        }

        if (Rates.Values.Sum(static s => DataOptions.TryShare(s, out var value) ? value : 0) > 1)
            yield return new ValidationResult("its shares add up to more than 1", [nameof(Rates)]);
        foreach (var (name, share) in Flips)
        {
            if (!DataOptions.TryShare(share, out _))
                yield return new ValidationResult($"'{name}' is '{share}': allowed is the share of its examples whose label is wrong, 0 to 1, such as 0.05", [nameof(Flips)]);
        }
    }
}

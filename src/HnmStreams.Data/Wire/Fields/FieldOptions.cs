using System.ComponentModel.DataAnnotations;
using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>
/// The <c>wire.fields</c> section: the roles of the fields of records that do not have the form of the contract. Each path is
/// the subset of JSONPath that names one value (<c>$.after.amount</c>, <c>$['a b']</c>, <c>$.items[0]</c>), whatever the format: JSON, Avro or
/// protobuf. If neither a target nor an input has a path, the names of the contract's JSON form apply (<c>id</c>, <c>label</c>, <c>text</c>, …).
/// </summary>
public sealed class FieldOptions : IValidatableObject
{
    /// <summary>The id. If it is not set or the field is missing, the id is the record's key.</summary>
    public string? Id { get; set; }

    /// <summary>The id within a structured key, for tombstones and for records without an id field. If it is not set, the key must be a scalar or an object with one member.</summary>
    public string? Key { get; set; }

    /// <summary>The class name: text, or a whole number of 0 or more, which is a class index. A list is a set of class names, all of which apply.</summary>
    public string? Label { get; set; }

    /// <summary>The class index: a whole number of 0 or more, or a boolean (false is 0, true is 1).</summary>
    public string? Class { get; set; }

    /// <summary>The identity or group. In a list, the first element is the identity and the others are further groups.</summary>
    public string? Identity { get; set; }

    /// <summary>The further groups of an example with an identity, a list.</summary>
    public string? OtherIdentities { get; set; }

    /// <summary>The objects in an image: a list of objects with <c>left</c>, <c>top</c>, <c>right</c>, <c>bottom</c>, <c>label</c> and optionally <c>difficult</c>.</summary>
    public string? Boxes { get; set; }

    /// <summary>The text that is the input.</summary>
    public string? Text { get; set; }

    /// <summary>The JPEG or PNG file that is the input: bytes, or base64 in a text.</summary>
    public string? Image { get; set; }

    /// <summary>The tensor that is the input: a list of numbers, which may be nested, bytes (little-endian), or base64 in a text.</summary>
    public string? Tensor { get; set; }

    /// <summary>The element type of a tensor that does not name its own: <c>float32</c> or <c>uInt8</c>.</summary>
    public ElementType TensorType { get; set; } = ElementType.Float32;

    /// <summary>The shape of a tensor that does not have its own. If it is not set, the shape is that of the nested list, or one dimension.</summary>
    [Required]
    public int[] TensorShape { get; set; } = [];

    /// <summary>
    /// The features. The path of an object stands for all its members, except those with another role and <c>excludedFeatures</c>.
    /// The path of a scalar is one feature with the name of the field.
    /// </summary>
    [Required]
    public string[] Features { get; set; } = [];

    /// <summary>The names of members that are not features.</summary>
    [Required]
    public string[] ExcludedFeatures { get; set; } = [];

    /// <summary>The names of features that are numbers although the record has them as text, for example decimals in Debezium's mode <c>string</c>.</summary>
    [Required]
    public string[] NumericFeatures { get; set; } = [];

#pragma warning disable MA0016 // The configuration binder and object initializers both need the concrete class.
    /// <summary>
    /// The scales of features that are decimals in bytes or base64 without a schema, per name: the big-endian two's-complement integer is
    /// divided by 10 to the power of the scale (Debezium's mode <c>precise</c> in JSON without schemas).
    /// </summary>
    public Dictionary<string, string> Decimals { get; set; } = new(StringComparer.Ordinal);
#pragma warning restore MA0016

    /// <summary>The event time: ISO 8601, or a number since 1970. If it is not set, the timestamp of the record counts.</summary>
    public string? EventTime { get; set; }

    /// <summary>The unit of numeric times whose schema declares none: <c>s</c>, <c>ms</c>, <c>us</c> or <c>ns</c>.</summary>
    public TimeUnit TimeUnit { get; set; } = TimeUnit.Ms;

    /// <summary>The weight in the loss, a number above 0.</summary>
    public string? Weight { get; set; }

    /// <summary>A field that marks a deletion: if it is true or the text <c>true</c>, the record deletes the example with its id.</summary>
    public string? Deleted { get; set; }

    /// <summary>True if a setting of this section is set.</summary>
    public bool IsUsed =>
        IsMapped || (Id ?? Key ?? OtherIdentities ?? EventTime ?? Weight ?? Deleted) is not null || TensorType != ElementType.Float32 || TimeUnit != TimeUnit.Ms
        || TensorShape.Length + ExcludedFeatures.Length + NumericFeatures.Length + Decimals.Count > 0;

    /// <summary>True if a target or an input has a path.</summary>
    internal bool IsMapped =>
        (Class ?? Label ?? Identity ?? Boxes ?? Text ?? Image ?? Tensor) is not null || Features.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, path) in Paths())
        {
            if (FieldPath.Parse(path, out var error) is null)
                yield return new ValidationResult($"must be {error}", [name]);
        }

        if (IsMapped && (Class ?? Label ?? Identity ?? Boxes) is null)
            yield return new ValidationResult("must name a target if it names an input: set wire.fields.label, .class, .identity or .boxes");
        if (IsMapped && (Text ?? Image ?? Tensor) is null && Features.Length == 0)
            yield return new ValidationResult("must name an input if it names a target: set wire.fields.features, .text, .tensor or .image");
        if (TensorShape.Length > WireLimits.MaxConfigurableDimensions || TensorShape.Any(static n => n < 1))
            yield return new ValidationResult($"must be at most {WireLimits.MaxConfigurableDimensions} dimensions of at least 1", ["tensorShape"]);
        foreach (var (name, scale) in Decimals)
        {
            if (!int.TryParse(scale, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) || Math.Abs(parsed) > DecimalBytes.MaxScale)
                yield return new ValidationResult($"must map names to whole numbers from -{DecimalBytes.MaxScale} to {DecimalBytes.MaxScale}, but {name} is mapped to '{scale}'", ["decimals"]);
        }
    }

    private IEnumerable<(string Name, string Path)> Paths()
    {
        (string Name, string? Path)[] single =
        [
            ("id", Id), ("key", Key), ("label", Label), ("class", Class), ("identity", Identity), ("otherIdentities", OtherIdentities), ("boxes", Boxes),
            ("text", Text), ("image", Image), ("tensor", Tensor), ("eventTime", EventTime), ("weight", Weight), ("deleted", Deleted),
        ];
        return single.Where(static s => s.Path is not null).Select(static s => (s.Name, s.Path!)).Concat(Features.Select(static path => ("features", path)));
    }
}

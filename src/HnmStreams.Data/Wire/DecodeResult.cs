using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>A decoded example, an id to delete, or the reason for a rejection; exactly one of them.</summary>
/// <param name="Example">The example, or null if the record was rejected or deletes an example.</param>
/// <param name="Reason">One of <see cref="DecodeReasons"/>, or null on success.</param>
/// <param name="Detail">A sentence for people, or null on success.</param>
public readonly record struct DecodeResult(Example? Example, string? Reason, string? Detail)
{
    /// <summary>True if the record's weight exceeded <see cref="WireLimits.MaxWeight"/> and was reduced to it.</summary>
    public bool IsWeightClipped { get; init; }

    /// <summary>The id of the example that the record deletes (a tombstone), or null.</summary>
    public ExampleKey? Deleted { get; init; }

    internal static DecodeResult Accepted(Example example, WireLimits limits) => example.Weight > limits.MaxWeight
        ? new DecodeResult(example with { Weight = limits.MaxWeight }, null, null) { IsWeightClipped = true }
        : new DecodeResult(example, null, null);

    internal static DecodeResult Deletion(ReadOnlySpan<byte> utf8Id) => new(null, null, null) { Deleted = ExampleKey.Of(utf8Id) };

    internal static DecodeResult Rejected(Rejection rejection) => new(null, rejection.Reason, rejection.Detail);
}

/// <summary>Short, stable codes for the reason of a rejection, used as the values of a metric label.</summary>
public static class DecodeReasons
{
    /// <summary>The bytes are not valid in the format, or a value violates the contract.</summary>
    public const string Malformed = "malformed";

    /// <summary>One of <see cref="WireLimits"/> is exceeded.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Shape, element type and data of a tensor are inconsistent.</summary>
    public const string WrongShape = "wrong-shape";

    /// <summary>A tensor, feature, box or weight is NaN or infinite.</summary>
    public const string NotFinite = "not-finite";

    /// <summary>Neither the value nor the key of the record holds an id.</summary>
    public const string MissingId = "missing-id";

    public const string MissingTarget = "missing-target";

    public const string MissingInput = "missing-input";

    /// <summary>The header names an unsupported format, or the format of the value cannot be detected.</summary>
    public const string UnknownFormat = "unknown-format";

    /// <summary>The id in the value differs from the key of the record.</summary>
    public const string KeyMismatch = "key-mismatch";
}

/// <summary>The reason why a record is rejected; null stands for success.</summary>
internal sealed record Rejection(string Reason, string Detail)
{
    public static Rejection Malformed(string detail) => new(DecodeReasons.Malformed, detail);

    public static Rejection TooLarge(string what, long found, long allowed, string unit, string key) =>
        new(DecodeReasons.TooLarge, $"The {what} must have at most {allowed} {unit} (wire.{key}) but has {found}.");

    public static Rejection WrongShape(string detail) => new(DecodeReasons.WrongShape, detail);

    public static Rejection NotFinite(string detail) => new(DecodeReasons.NotFinite, detail);
}

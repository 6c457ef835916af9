using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>An example, or why there is none; never both.</summary>
/// <param name="Example">Null where the record was refused.</param>
/// <param name="Reason">One of <see cref="DecodeReasons"/>; null on success.</param>
/// <param name="Detail">The sentence for a person; null on success.</param>
public readonly record struct DecodeResult(Example? Example, string? Reason, string? Detail)
{
    internal static DecodeResult Refused(Rejection fault) => new(null, fault.Reason, fault.Detail);
}

/// <summary>Why a record cannot become an example: short stable codes, values of a metric's label.</summary>
public static class DecodeReasons
{
    /// <summary>The bytes are not of the format, or a value lies outside what the contract allows.</summary>
    public const string Malformed = "malformed";

    /// <summary>One of <see cref="WireLimits"/> is broken.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Shape, element type and data of a tensor do not fit together.</summary>
    public const string WrongShape = "wrong-shape";

    /// <summary>NaN or an infinity in a tensor, a feature, a box or the weight.</summary>
    public const string NotFinite = "not-finite";

    /// <summary>Neither the value nor the record's key names the example.</summary>
    public const string MissingId = "missing-id";

    public const string MissingTarget = "missing-target";

    public const string MissingInput = "missing-input";

    /// <summary>The header names a format that is not known, or the value looks like none.</summary>
    public const string UnknownFormat = "unknown-format";

    /// <summary>The id in the value is not the record's key.</summary>
    public const string KeyMismatch = "key-mismatch";
}

/// <summary>A refusal on its way out of the decoder; null stands for success.</summary>
internal sealed record Rejection(string Reason, string Detail)
{
    public static Rejection Malformed(string detail) => new(DecodeReasons.Malformed, detail);

    public static Rejection TooLarge(string what, long found, long allowed, string key) =>
        new(DecodeReasons.TooLarge, $"{what}: {found} where wire.{key} allows {allowed}.");

    public static Rejection WrongShape(string detail) => new(DecodeReasons.WrongShape, detail);

    public static Rejection NotFinite(string detail) => new(DecodeReasons.NotFinite, detail);
}

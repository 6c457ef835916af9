using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>A decoded example, which may be only its input or only its label, an id to delete, or the reason for a rejection; exactly one of them.</summary>
/// <param name="Example">The example, or null if the record was rejected or deletes an example.</param>
/// <param name="Reason">One of <see cref="RejectionReasons"/>, or null on success.</param>
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

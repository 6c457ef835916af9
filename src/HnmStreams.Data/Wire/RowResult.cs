using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>The content of a row of a <see cref="RecordRows"/>.</summary>
public enum RowKind
{
    Example,

    /// <summary>The row deletes the example with its id.</summary>
    Tombstone,

    /// <summary>The row violates the contract or a limit.</summary>
    Rejected,
}

/// <summary>The result of reading a row.</summary>
/// <param name="Reason">One of <see cref="RejectionReasons"/> if the row is rejected, else null.</param>
/// <param name="Detail">A sentence for people if the row is rejected, else null.</param>
public readonly record struct RowResult(RowKind Kind, string? Reason, string? Detail)
{
    /// <inheritdoc cref="DecodeResult.IsWeightClipped"/>
    public bool IsWeightClipped { get; init; }

    internal static RowResult Rejected(Rejection rejection) => new(RowKind.Rejected, rejection.Reason, rejection.Detail);
}

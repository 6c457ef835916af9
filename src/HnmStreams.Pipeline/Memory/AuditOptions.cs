using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Memory;

/// <summary>State that is kept for checks only.</summary>
public sealed class AuditOptions
{
    /// <summary>The maximum number of ids whose occurrences in the state are counted (<c>hnm inspect --account</c>); 0 counts none.</summary>
    [Range(0, 100_000_000)]
    public int Ids { get; set; }
}

using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Memory;

/// <summary>What the state keeps only so that it can be checked.</summary>
public sealed class AuditOptions
{
    /// <summary>Ids at most of which the state counts how often it has taken them in (<c>hnm inspect --account</c>); 0 counts none.</summary>
    [Range(0, 100_000_000)]
    public int Ids { get; set; }
}

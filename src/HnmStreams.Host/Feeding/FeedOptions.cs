using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Readers;

namespace HnmStreams.Host.Feeding;

/// <summary>What the built-in producer sends: the synthetic stream or a data set.</summary>
public sealed class FeedOptions
{
    /// <summary><c>synthetic</c>, or a data set: its path, or its folder's name under HNM_DATA.</summary>
    [Required]
    public string Data { get; set; } = SyntheticData;

    /// <summary>How the data set is read.</summary>
    [Required]
    public ReaderOptions Reader { get; set; } = new();

    /// <summary>Times that the data set is sent; null is once for <c>produce</c>, and until the run ends for <c>run</c>.</summary>
    [Range(1, int.MaxValue)]
    public int? Epochs { get; set; }

    /// <summary>Draws a new order for each epoch; without it the set's own order is sent, and it is not held in memory.</summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>Positives of the data set that are kept (a seeded choice, the same for all epochs), to make them rare; null keeps all.</summary>
    [Range(0, int.MaxValue)]
    public int? PositivesKept { get; set; }

    /// <summary>Examples a second at most; null is as fast as they are taken.</summary>
    [Range(0.001, 1e9)]
    public double? Rate { get; set; }

    /// <summary>Seed of the choice of positives and of the orders.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>The word for the built-in stream.</summary>
    public const string SyntheticData = "synthetic";

    /// <summary>Whether the synthetic stream is asked for.</summary>
    internal bool IsSynthetic => Data.Equals(SyntheticData, StringComparison.OrdinalIgnoreCase);
}

using HnmStreams.Data.Rows;

namespace HnmStreams.Offline.Ranking;

/// <summary>A sequence of training batches for one round.</summary>
internal interface IRoundBatches
{
    /// <summary>The number of steps that use each mined negative once.</summary>
    int StepsForAll { get; }

    /// <summary>Replaces the buffer's content with the next batch.</summary>
    void Next(RowBuffer rows);
}

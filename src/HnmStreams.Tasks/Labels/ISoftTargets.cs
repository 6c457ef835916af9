using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Labels;

/// <summary>The logits of a stronger model for the rows of training batches. Thread-safe.</summary>
internal interface ISoftTargets
{
    /// <summary>The name and the hash of the model's file, and the settings that its logits depend on.</summary>
    string Identity { get; }

    /// <summary>Writes the logits of rows, n x the task's output width. The logits of a row depend on that row only, bit for bit.</summary>
    void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits);
}

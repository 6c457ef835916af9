using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Batching;

/// <summary>How the stream is cut into mini-batches.</summary>
public sealed class BatchingOptions
{
    /// <summary>Examples in a full batch.</summary>
    [Range(1, 65_536)]
    public int Size { get; set; } = 512;

    /// <summary>How long an incomplete batch may wait for more examples before it is cut short.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);
}

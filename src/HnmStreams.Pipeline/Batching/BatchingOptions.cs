using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Batching;

/// <summary>Settings of the mini-batches that the stream is divided into.</summary>
public sealed class BatchingOptions
{
    /// <summary>The number of examples in a full batch.</summary>
    [Range(1, 65_536)]
    public int Size { get; set; } = 512;

    /// <summary>The maximum time that an incomplete batch waits for more examples.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The maximum time that an incomplete batch waits for more examples if it has an example without a label (<c>labels.mode</c>), whose prediction is awaited. At most <c>pipeline.batching.linger</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan PredictionLinger { get; set; } = TimeSpan.FromMilliseconds(5);
}

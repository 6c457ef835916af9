using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Wire.Arrow;

namespace HnmStreams.Data.Wire;

/// <summary>
/// The limits of a record (the <c>wire</c> section). They are checked on the raw bytes, before memory is allocated. A record
/// that exceeds one is dead-lettered with the reason <c>too-large</c>.
/// </summary>
public class WireLimits
{
    /// <summary>The maximum size of a record's value in bytes. Kafka's own <c>message.max.bytes</c> is 1 MiB by default.</summary>
    [Range(64, 256 << 20)]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    /// <summary>The maximum size of an id or key in UTF-8 bytes.</summary>
    [Range(1, 1024)]
    public int MaxIdBytes { get; set; } = 256;

    /// <summary>The maximum number of elements of a dense tensor, the product of its shape.</summary>
    [Range(1, 256 << 20)]
    public int MaxTensorElements { get; set; } = 4 << 20;

    /// <summary>The maximum number of dimensions of a dense tensor.</summary>
    [Range(1, MaxConfigurableDimensions)]
    public int MaxDimensions { get; set; } = 8;

    /// <summary>The maximum size of a text input in UTF-8 bytes.</summary>
    [Range(1, 256 << 20)]
    public int MaxTextBytes { get; set; } = 256 << 10;

    /// <summary>The maximum number of features of an example.</summary>
    [Range(1, 1 << 20)]
    public int MaxFeatures { get; set; } = 4096;

    /// <summary>The maximum number of boxes of an image.</summary>
    [Range(1, 1 << 20)]
    public int MaxBoxes { get; set; } = 1024;

    /// <summary>The maximum number of labels of an example with a set of labels.</summary>
    [Range(1, 1 << 20)]
    public int MaxLabels { get; set; } = 1024;

    /// <summary>The maximum size of a label, an identity, a feature name or a category in UTF-8 bytes.</summary>
    [Range(1, 64 << 10)]
    public int MaxLabelBytes { get; set; } = 256;

    /// <summary>
    /// The maximum weight of an example in the loss. A larger weight is reduced to it and counted
    /// (<c>hnm_examples_weights_clipped_total</c>); the record is not dead-lettered. Without a limit, one record could outweigh all others.
    /// </summary>
    [Range(1.0, 1e6)]
    public float MaxWeight { get; set; } = 100;

    /// <summary>Records that carry many examples, as an Arrow IPC stream or file.</summary>
    [Required]
    public ArrowOptions Arrow { get; set; } = new();

    /// <summary>The upper bound of <see cref="MaxDimensions"/>: dimensions are read into a stack buffer of this size.</summary>
    internal const int MaxConfigurableDimensions = 16;
}

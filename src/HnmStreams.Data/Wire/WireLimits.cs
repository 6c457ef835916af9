using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Wire;

/// <summary>
/// What a record may ask for. Everything is checked on the raw bytes, before memory is taken for it; what breaks a
/// limit is answered as <c>too-large</c> and goes to the dead letters.
/// </summary>
public sealed class WireLimits
{
    /// <summary>Bytes of a record's value. Kafka's own <c>message.max.bytes</c> is 1 MiB by default.</summary>
    [Range(64, 256 << 20)]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    /// <summary>UTF-8 bytes of an example's id, and of a record's key.</summary>
    [Range(1, 1024)]
    public int MaxIdBytes { get; set; } = 256;

    /// <summary>Elements of a dense tensor: the product of its shape.</summary>
    [Range(1, 256 << 20)]
    public int MaxTensorElements { get; set; } = 4 << 20;

    /// <summary>Dimensions of a dense tensor.</summary>
    [Range(1, MostDimensions)]
    public int MaxDimensions { get; set; } = 8;

    /// <summary>UTF-8 bytes of a text input.</summary>
    [Range(1, 256 << 20)]
    public int MaxTextBytes { get; set; } = 256 << 10;

    /// <summary>Features of one example.</summary>
    [Range(1, 1 << 20)]
    public int MaxFeatures { get; set; } = 4096;

    /// <summary>Boxes of one picture.</summary>
    [Range(1, 1 << 20)]
    public int MaxBoxes { get; set; } = 1024;

    /// <summary>UTF-8 bytes of a label, an identity, a feature's name or a feature's category.</summary>
    [Range(1, 64 << 10)]
    public int MaxLabelBytes { get; set; } = 256;

    /// <summary>Above this no configuration goes: dimensions are read into a buffer on the stack.</summary>
    internal const int MostDimensions = 16;
}

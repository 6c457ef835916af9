using HnmStreams.Data.Wire;

namespace HnmStreams.Kafka.Decoding;

/// <summary>The <c>wire</c> section: the format of the topic's records, and the limits of a record.</summary>
public sealed class WireOptions : WireLimits
{
    /// <summary>
    /// The format of the records. <c>auto</c>: the contract's protobuf or JSON, selected per record by the header <c>hnm-format</c> or
    /// the first byte. <c>protobuf</c> and <c>json</c>: the same, but records without the header have this format.
    /// </summary>
    public StreamFormat Format { get; set; }
}

/// <summary>The formats of a topic's records.</summary>
public enum StreamFormat
{
    Auto,
    Protobuf,
    Json,
}

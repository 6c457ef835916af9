namespace HnmStreams.Data.Records;

/// <summary>The encoding of a record's value.</summary>
public enum WireFormat
{
    /// <summary>No header names the format. The decoder detects it from the first byte.</summary>
    Unknown,
    Protobuf,
    Json,

    /// <summary>An Arrow IPC stream or file with many examples.</summary>
    Arrow,

    /// <summary>A header names an unsupported format, or the format cannot be detected. The record is rejected.</summary>
    Unsupported,
}

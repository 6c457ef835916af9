namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>The one field that every version of a file format has.</summary>
internal sealed record FormatMark(int Format);

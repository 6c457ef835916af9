namespace HnmStreams.Offline.Storage;

/// <summary>An example in the files of a store.</summary>
/// <param name="RowStart">The position of its encoded row in the file of rows, in bytes.</param>
/// <param name="ExampleStart">The position of its original form in the file of examples, in bytes.</param>
/// <param name="Content">A hash of its encoded input.</param>
/// <param name="FurtherLabels">The labels of its further groups; empty for most.</param>
internal readonly record struct StoredRow(long RowStart, long ExampleStart, ulong Content, int RowLength, int ExampleLength, int Label, float Weight, int[] FurtherLabels, bool IsHeldOut);

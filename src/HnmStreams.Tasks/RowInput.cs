namespace HnmStreams.Tasks;

/// <summary>Returns the part of a row that the network reads.</summary>
internal delegate ReadOnlySpan<byte> RowInput(ReadOnlySpan<byte> payload);

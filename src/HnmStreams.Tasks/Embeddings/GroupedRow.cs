using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>
/// The layout of a row of a task with groups: the input, the labels of the example's further groups, and the number of these
/// labels. The label of the row itself is that of the example's own group.
/// </summary>
internal static class GroupedRow
{
    /// <summary>Writes the end of a row after its input, which was written but not committed.</summary>
    public static void Complete(ReadOnlySpan<int> furtherGroups, RowBuffer rows)
    {
        var bytes = (furtherGroups.Length + 1) * sizeof(int);
        var span = rows.GetSpan(bytes)[..bytes];
        MemoryMarshal.AsBytes(furtherGroups).CopyTo(span);
        MemoryMarshal.Write(span[^sizeof(int)..], furtherGroups.Length);
        rows.Advance(bytes);
    }

    /// <exception cref="InvalidDataException">The payload is not a row of a task with groups.</exception>
    public static ReadOnlySpan<byte> Input(ReadOnlySpan<byte> payload) => payload[..^End(payload)];

    /// <exception cref="InvalidDataException">The payload is not a row of a task with groups.</exception>
    public static ReadOnlySpan<int> FurtherGroups(ReadOnlySpan<byte> payload) => MemoryMarshal.Cast<byte, int>(payload[^End(payload)..^sizeof(int)]);

    private static int End(ReadOnlySpan<byte> payload)
    {
        var count = payload.Length < sizeof(int) ? -1 : MemoryMarshal.Read<int>(payload[^sizeof(int)..]);
        if (count < 0 || (count + 1L) * sizeof(int) > payload.Length)
            throw new InvalidDataException($"The row of {payload.Length} bytes must end with its further groups and their number.");
        return (count + 1) * sizeof(int);
    }
}

using Apache.Arrow;
using Apache.Arrow.Ipc;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>A copy of one row as its own stream, for its dead letter. Only for records that <see cref="ArrowRows"/> has opened and rows whose offsets it has checked, because the library checks neither.</summary>
internal static class ArrowRowCopy
{
    private const int FileMagicBytes = 8;

    /// <returns>The stream; null if it is larger than <paramref name="maxBytes"/> or cannot be written. O(columns + bytes of the row).</returns>
    public static byte[]? Of(ReadOnlyMemory<byte> record, int row, int maxBytes)
    {
        try
        {
            using var reader = new ArrowStreamReader(ArrowMessages.IsFile(record.Span) ? record[FileMagicBytes..] : record);
            while (reader.ReadNextRecordBatch() is { } batch)
            {
                using (batch)
                {
                    if (row >= batch.Length)
                    {
                        row -= batch.Length;
                        continue;
                    }

                    using var one = batch.Slice(row, 1);
                    var copy = Write(one);
                    return copy.Length <= maxBytes ? copy : null;
                }
            }

            return null;
        }
#pragma warning disable CA1031 // Invalid offsets of the row make the library fail in many ways. The dead letter then has no copy.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private static byte[] Write(RecordBatch batch)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }
}

using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>
/// The rows of a batch column by column: about 22 bytes for a row without its payload (key, label, offset, hash). The payload, id and event
/// time follow for those that are sent.
/// </summary>
internal static class RowBlock
{
    /// <param name="spans">The spans that the rows' offsets are in.</param>
    /// <param name="reasonFor">Returns the reason for which the payload of a row is sent.</param>
    /// <param name="payloads">Receives the bytes of the payloads.</param>
    public static void Write(
        StateWriter writer, RowBuffer rows, IReadOnlyList<RowSource> sources, Func<int, string> idOf, IReadOnlyList<OffsetSpan> spans, Func<int, SendReason> reasonFor, PayloadBytes payloads)
    {
        var count = rows.Count;
        var (keys, places, offsets, sent, reasons) = (new UInt128[count], new int[count], new int[count], new bool[count], new SendReason[count]);
        var last = spans.Select(span => span.First).ToArray();
        var hashes = new List<uint>(count);
        for (var row = 0; row < count; row++)
        {
            var source = sources[row];
            keys[row] = source.Key.Value;
            var place = places[row] = PlaceOf(spans, source.Origin);
            offsets[row] = checked((int)(source.Origin.Offset - last[place]));
            last[place] = source.Origin.Offset;
            reasons[row] = reasonFor(row);
            sent[row] = reasons[row] != SendReason.None;
            if (!sent[row])
                hashes.Add(RowContents.Hash(rows.Payload(row)));
        }

        writer.WriteArray<UInt128>(keys);
        NarrowArray.Write(writer, rows.Labels);
        NarrowArray.Write(writer, spans.Count > 1 ? places : []);
        NarrowArray.Write(writer, offsets);
        var isWeighted = rows.Weights.ContainsAnyExcept(1f);
        writer.WriteBoolean(isWeighted);
        if (isWeighted)
            writer.WriteArray(rows.Weights);
        writer.WriteArray<bool>(sent);
        writer.WriteArray<uint>(CollectionsMarshal.AsSpan(hashes));
        for (var row = 0; row < count; row++)
        {
            if (!sent[row])
                continue;
            var before = writer.Written.Length;
            writer.WriteString(idOf(row));
            writer.WriteInt64(sources[row].EventTime.UtcTicks);
            writer.WriteArray(rows.Payload(row));
            payloads.Add(reasons[row], writer.Written.Length - before);
        }
    }

    /// <summary>Appends the rows to a buffer.</summary>
    /// <returns>The payloads that were sent; null if all were.</returns>
    /// <exception cref="InvalidDataException">The data is not that of such rows.</exception>
    public static RowContents? Read(StateReader reader, RowBuffer rows, List<RowSource> sources, IReadOnlyList<OffsetSpan> spans)
    {
        var keys = reader.ReadArray<UInt128>();
        var (labels, places, offsets) = (NarrowArray.Read(reader), NarrowArray.Read(reader), NarrowArray.Read(reader));
        var weights = reader.ReadBoolean() ? reader.ReadArray<float>() : null;
        var sent = reader.ReadSpan();
        var shortHashes = reader.ReadArray<uint>();
        var count = keys.Length;
        if (labels.Length != count || offsets.Length != count || sent.Length != count || (weights ?? []).Length != (weights is null ? 0 : count) || (places.Length != count && places.Length > 0))
            throw reader.Invalid("columns of different lengths");
        var (isSent, hashes, next) = (new bool[count], new uint[count], 0);
        var last = spans.Select(span => span.First).ToArray();
        for (var row = 0; row < count; row++)
        {
            var place = places.Length > 0 ? places[row] : 0;
            if (place >= spans.Count || spans[place].Last - last[place] < offsets[row] || offsets[row] < 0)
                throw reader.Invalid("a row outside of the spans of its batch");
            var origin = new Origin(spans[place].Topic, spans[place].Partition, last[place] += offsets[row]);
            var (key, weight) = (new ExampleKey(keys[row]), weights?[row] ?? 1);
            isSent[row] = sent[row] != 0;
            if (isSent[row])
            {
                var (id, ticks) = (reader.ReadString(), reader.ReadInt64());
                if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
                    throw reader.Invalid("an event time that does not exist");
                sources.Add(new RowSource(key, id, origin, new DateTimeOffset(ticks, TimeSpan.Zero), default));
                rows.Add(reader.ReadSpan(), labels[row], weight);
            }
            else
            {
                hashes[row] = next < shortHashes.Length ? shortHashes[next++] : throw reader.Invalid("too few hashes");
                // Such a row is never kept, so that its id is not needed.
                sources.Add(new RowSource(key, "", origin));
                rows.Add([], labels[row], weight);
            }
        }

        return next == 0 ? null : new RowContents(isSent, hashes);
    }

    private static int PlaceOf(IReadOnlyList<OffsetSpan> spans, in Origin origin)
    {
        for (var i = 0; i < spans.Count; i++)
        {
            if (spans[i].Partition == origin.Partition && string.Equals(spans[i].Topic, origin.Topic, StringComparison.Ordinal))
                return i;
        }

        throw new InvalidOperationException($"The record {origin} is not in the spans of its batch.");
    }
}

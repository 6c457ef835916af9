using System.Diagnostics;
using System.Runtime.InteropServices;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>
/// The binary form of a scored batch between a score node and the learner: rows column by column, with the payloads that the learner may keep.
/// For streams whose labels come later, <see cref="LateLabelBlock"/> follows.
/// </summary>
/// <remarks>
/// To add a field: a line in <see cref="Write"/>, the same in <see cref="Read"/>, and a higher <see cref="Version"/>. A learner also reads the version before
/// the present one; the golden bytes of the tests show both.
/// </remarks>
internal static class ScoredBatchCodec
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    private const string Structure = "scored batch";
    private const int MinSpanBytes = 32;

    // The rows of a batch are a setting of at most this size, and one record can carry a few more.
    private const int MaxOutputs = 1 << 26;

    /// <summary>Writes a batch. O(bytes).</summary>
    /// <param name="readFrom">The position before each span of the batch, see <see cref="ExampleBatch.ReadFrom"/>.</param>
    /// <param name="payloads">Receives the bytes of the payloads.</param>
    public static StateWriter Write(ExampleBatch batch, IReadOnlyList<long> readFrom, PayloadSelection selection, KeepBounds bounds, PayloadBytes payloads)
    {
        var writer = new StateWriter();
        writer.Begin(Structure, Version);
        writer.WriteInt64(batch.Number);
        WriteSpans(writer, batch, readFrom);
        NarrowArray.Write(writer, [batch.DeadLettered, batch.WeightsClipped, batch.Duplicates]);
        batch.After.Save(writer);
        writer.WriteString(batch.Failure ?? "");
        var hardness = HardnessOfRows(batch);
        RowBlock.Write(writer, batch.Rows, batch.Sources, row => batch.SourceOf(row).Id!, batch.Spans, row => selection.ReasonFor(batch, row, hardness[row], bounds), payloads);
        RowBlock.Write(writer, batch.HeldOut, batch.HeldOutSources, row => batch.HeldOutSources[row].Id ?? "", batch.Spans, row => selection.ReasonForHeldOut(batch, row, bounds), payloads);
        WriteScores(writer, batch);
        WriteTombstones(writer, batch);
        WriteTraces(writer, batch);
        // Set only for streams whose labels come later.
        if (batch.StreamTime != default)
            LateLabelBlock.Write(writer, batch, payloads);
        return writer;
    }

    /// <summary>Reads a batch, which the caller disposes. O(bytes).</summary>
    /// <param name="outputWidth">The number of outputs per scored row.</param>
    /// <exception cref="InvalidDataException">The bytes are not a scored batch of this format.</exception>
    public static ExampleBatch Read(ReadOnlyMemory<byte> bytes, int outputWidth)
    {
        var reader = new StateReader(bytes);
        reader.Expect(Structure, Version);
        var batch = new ExampleBatch(reader.ReadInt64(), 64);
        try
        {
            ReadSpans(reader, batch);
            if (NarrowArray.Read(reader) is not [var deadLettered and >= 0, var clipped and >= 0, var duplicates and >= 0])
                throw reader.Invalid("counts of a batch");
            (batch.DeadLettered, batch.WeightsClipped, batch.Duplicates) = (deadLettered, clipped, duplicates);
            batch.After = BatcherState.Read(reader);
            batch.Failure = reader.ReadString() is { Length: > 0 } failure ? failure : null;
            batch.Contents = RowBlock.Read(reader, batch.Rows, batch.Sources, batch.Spans);
            batch.HeldOutContents = RowBlock.Read(reader, batch.HeldOut, batch.HeldOutSources, batch.Spans);
            ReadScores(reader, batch, outputWidth);
            ReadTombstones(reader, batch);
            ReadTraces(reader, batch);
            if (reader.Remaining > 0)
                LateLabelBlock.Read(reader, batch, outputWidth);
            if (reader.Remaining > 0)
                throw reader.Invalid($"{reader.Remaining} bytes after the end of a batch");
            batch.BatchSpans = PipelineSpans.StartBatch(batch);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private static float[] HardnessOfRows(ExampleBatch batch)
    {
        var hardness = new float[batch.Rows.Count];
        Array.Fill(hardness, float.NaN);
        for (var i = 0; batch.Scores is { } scores && i < batch.ToScore.Count; i++)
            hardness[batch.ToScore[i]] = scores.Hardness[i];
        return hardness;
    }

    private static void WriteSpans(StateWriter writer, ExampleBatch batch, IReadOnlyList<long> readFrom)
    {
        writer.WriteInt32(batch.Spans.Count);
        for (var i = 0; i < batch.Spans.Count; i++)
        {
            writer.WriteString(batch.Spans[i].Topic);
            writer.WriteInt32(batch.Spans[i].Partition);
            writer.WriteInt64(batch.Spans[i].First);
            writer.WriteInt64(batch.Spans[i].Last);
            writer.WriteInt64(readFrom[i]);
        }

        writer.WriteInt32(batch.Incomplete is { } incomplete ? batch.Spans.FindIndex(span => new Origin(span.Topic, span.Partition, span.Last) == incomplete) : -1);
    }

    private static void ReadSpans(StateReader reader, ExampleBatch batch)
    {
        for (var left = reader.ReadCount(MinSpanBytes); left > 0; left--)
        {
            var span = new OffsetSpan(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
            if (span.Partition < 0 || span.First < 0 || span.Last < span.First)
                throw reader.Invalid($"the span {span}");
            batch.Spans.Add(span);
            batch.ReadFrom.Add(reader.ReadInt64());
        }

        if (reader.ReadInt32() is var incomplete && incomplete >= batch.Spans.Count)
            throw reader.Invalid("an incomplete record outside of the spans");
        if (incomplete >= 0)
            batch.Incomplete = new Origin(batch.Spans[incomplete].Topic, batch.Spans[incomplete].Partition, batch.Spans[incomplete].Last);
    }

    private static void WriteScores(StateWriter writer, ExampleBatch batch)
    {
        writer.WriteBoolean(batch.Scores is not null);
        if (batch.Scores is not { } scores)
            return;
        writer.WriteInt64(scores.Version);
        // Usually every row is scored.
        NarrowArray.Write(writer, batch.ToScore.Count == batch.Rows.Count ? [] : CollectionsMarshal.AsSpan(batch.ToScore));
        writer.WriteArray<float>(scores.Hardness);
        writer.WriteArray<float>(scores.Outputs);
    }

    private static void ReadScores(StateReader reader, ExampleBatch batch, int outputWidth)
    {
        if (!reader.ReadBoolean())
            return;
        var (version, toScore, hardness, outputs) = (reader.ReadInt64(), NarrowArray.Read(reader), reader.ReadArray<float>(), reader.ReadArray<float>());
        if (toScore.Length == 0)
            toScore = [.. Enumerable.Range(0, batch.Rows.Count)];
        if (hardness.Length != toScore.Length || (long)hardness.Length * outputWidth != outputs.Length || outputs.Length > MaxOutputs)
            throw reader.Invalid($"{hardness.Length} scores with {outputs.Length} outputs for {toScore.Length} rows of {outputWidth} outputs");
        for (var i = 0; i < toScore.Length; i++)
        {
            if (toScore[i] >= batch.Rows.Count || toScore[i] < 0 || (i > 0 && toScore[i] <= toScore[i - 1]))
                throw reader.Invalid("scored rows that are not ascending");
        }

        batch.ToScore.AddRange(toScore);
        batch.Scores = new BatchScores(hardness.Length, outputWidth, version);
        hardness.CopyTo(batch.Scores.Hardness);
        outputs.CopyTo(batch.Scores.Outputs);
    }

    private static void WriteTombstones(StateWriter writer, ExampleBatch batch)
    {
        writer.WriteInt32(batch.Tombstones.Count);
        foreach (var tombstone in batch.Tombstones)
        {
            writer.WriteInt32(tombstone.BeforeRow);
            ExampleKeyCodec.Instance.Write(writer, tombstone.Key);
        }
    }

    private static void ReadTombstones(StateReader reader, ExampleBatch batch)
    {
        for (var left = reader.ReadCount(20); left > 0; left--)
            batch.Tombstones.Add(new Tombstone(reader.ReadInt32(), ExampleKeyCodec.Instance.Read(reader)));
    }

    private static void WriteTraces(StateWriter writer, ExampleBatch batch)
    {
        writer.WriteInt32(batch.Traced.Count);
        foreach (var (isHeldOut, row) in batch.Traced)
        {
            var trace = (isHeldOut ? batch.HeldOutSources : batch.Sources)[row].Trace;
            writer.WriteBoolean(isHeldOut);
            writer.WriteInt32(row);
            writer.WriteString(trace.TraceId.ToHexString());
            writer.WriteString(trace.SpanId.ToHexString());
            writer.WriteInt32((int)trace.TraceFlags);
        }
    }

    private static void ReadTraces(StateReader reader, ExampleBatch batch)
    {
        for (var left = reader.ReadCount(17); left > 0; left--)
        {
            var traced = new TracedRow(reader.ReadBoolean(), reader.ReadInt32());
            var (trace, span, flags) = (reader.ReadString(), reader.ReadString(), reader.ReadInt32());
            var sources = traced.IsHeldOut ? batch.HeldOutSources : batch.Sources;
            if (traced.Row < 0 || traced.Row >= sources.Count || trace.Length != 32 || span.Length != 16 || !(trace + span).All(char.IsAsciiHexDigitLower))
                throw reader.Invalid("the trace of a row");
            sources[traced.Row] = sources[traced.Row].Following(new ActivityContext(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateFromString(span), (ActivityTraceFlags)(flags & 1), isRemote: true));
            batch.Traced.Add(traced);
        }
    }
}

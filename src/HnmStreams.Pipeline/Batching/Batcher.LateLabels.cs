using System.Diagnostics;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Batching;

/// <summary>The records of streams whose labels come later: unlabeled examples and labels.</summary>
internal sealed partial class Batcher
{
    /// <summary>Adds a labeled example, an unlabeled one, or a label.</summary>
    /// <param name="trace">The record's trace. Of a record with many rows, the first row continues it.</param>
    private Rejection? Take(ExampleBatch batch, in RawRecord record, in ExampleView example, ExampleKey key, string? id, ReadOnlySpan<byte> utf8Id, in ActivityContext trace)
    {
        if (example.Input.Kind == InputKind.None)
            return AddLabel(batch, record, example, key);
        return example.Target is Target.None
            ? AddUnlabeled(batch, record, example, key, id ?? Encoding.UTF8.GetString(utf8Id), trace)
            : Encode(batch, record, example, key, id, utf8Id, trace);
    }

    private Rejection? AddUnlabeled(ExampleBatch batch, in RawRecord record, in ExampleView example, ExampleKey key, string id, in ActivityContext trace)
    {
        if (Late.EncodeUnlabeled(example, batch.UnlabeledRows()) is { } rejection)
            return rejection;
        batch.UnlabeledSources.Add(new RowSource(key, id, record.Origin, EventTimeOf(example, record), trace));
        batch.IsUnlabeledHeldOut.Add(heldOut.Contains(task, example.Target, example.EventTime, key));
        NoteArrival(batch, ArrivalKind.Unlabeled, batch.UnlabeledSources.Count - 1);
        NoteReadTime(batch.UnlabeledReadTimes, _chunk!.ReadAt);
        return null;
    }

    private static void NoteReadTime(List<ReadTime> times, long timestamp)
    {
        if (times is [.., var last] && last.Timestamp == timestamp)
            times[^1] = last with { Rows = last.Rows + 1 };
        else
            times.Add(new ReadTime(timestamp, 1));
    }

    private Rejection? AddLabel(ExampleBatch batch, in RawRecord record, in ExampleView example, ExampleKey key)
    {
        if (Late.ReadLabel(example.Target, out var label) is { } rejection)
            return rejection;
        batch.LateLabels.Add(new LateLabel(key, label, example.Weight, EventTimeOf(example, record)));
        NoteArrival(batch, ArrivalKind.Label, batch.LateLabels.Count - 1);
        return null;
    }

    private void AddTombstone(ExampleBatch batch, ExampleKey key)
    {
        batch.Tombstones.Add(new Tombstone(batch.Rows.Count, key));
        NoteArrival(batch, ArrivalKind.Tombstone, batch.Tombstones.Count - 1);
    }

    private void NoteArrival(ExampleBatch batch, ArrivalKind kind, int index)
    {
        if (keepsOrder)
            batch.Arrivals.Add(new Arrival(kind, index));
    }

    private void NoteTime(ExampleBatch batch, in RawRecord record)
    {
        if (keepsOrder && DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, record.TimestampMs)) is var time && time > batch.StreamTime)
            batch.StreamTime = time;
    }

    // The decoder returns parts of examples only if labels.mode allows them, which is checked with the task at the start.
    private ILateLabels Late => task as ILateLabels ?? throw new InvalidOperationException($"The task {task.Name} does not take labels that come later, so 'labels.mode' must be 'inline'.");

    private static DateTimeOffset EventTimeOf(in ExampleView example, in RawRecord record) => example.EventTime ?? DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
}

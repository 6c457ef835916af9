using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>A result whose example is not read yet.</summary>
/// <param name="Before">The record before the event.</param>
/// <param name="After">The record after it.</param>
/// <param name="Row">The row of the batch with the content of the input; -1 if it is in the database.</param>
internal readonly record struct PendingResult(
    WaitingResultKind Kind, int Event, ExampleKey Key, WaitingRecord Before, WaitingRecord After, int Row, bool IsEviction)
{
    /// <summary>True if the content of the input has to be read from the database.</summary>
    public bool IsStored => After.HasInput && Row < 0;

    /// <param name="content">The content of the input; empty if the record has none.</param>
    /// <exception cref="InvalidDataException">The content is not that of an input.</exception>
    public void AddTo(WaitingResults results, ReadOnlySpan<byte> content, List<string> topics)
    {
        var record = After.State == WaitingState.Absent ? Before : After;
        var result = new WaitingResult(
            Kind,
            Event,
            new RowSource(Key, null, default),
            -1,
            Before.State is WaitingState.Joined or WaitingState.Presumed ? Before.Label.Class : -1,
            Before.State == WaitingState.Presumed,
            IsEviction,
            false,
            ServedPrediction.None,
            Time(record.Input.Arrival),
            Time(record.Label.Arrival))
        {
            PreviousLabelArrival = Time(Before.Label.Arrival),
            IsPresumed = After.State == WaitingState.Presumed,
            HasNewInput = Before.HasInput && Before.Input.Sequence != record.Input.Sequence,
        };
        if (After.HasInput)
            results.Add(result, InputContent.Read(Key, content, topics), After.Label);
        else
            results.Items.Add(result);
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}

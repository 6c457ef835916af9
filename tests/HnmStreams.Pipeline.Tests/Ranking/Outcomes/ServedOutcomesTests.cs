using HnmStreams.Data.Examples;
using HnmStreams.Evaluation.Drift;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Outcomes;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking.Outcomes;

public sealed class ServedOutcomesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private readonly HandSetClock _time = new();

    [Fact]
    public void Counts_outcomes_by_version_and_delay()
    {
        var outcomes = new ServedOutcomes(Stream.Task, _time);
        // The probabilities of the outputs 0 and ln 3 are 0.5 and 0.75.
        outcomes.Take(Result(WaitingResultKind.Joined, version: 3, delay: 5), [0], 1, 1, Start);
        outcomes.Take(Result(WaitingResultKind.Joined, version: 4, delay: 7_200), [MathF.Log(3)], 0, 2, Start);
        outcomes.Take(Result(WaitingResultKind.Presumed, version: 4, delay: 0), [5], 0, 1, Start);
        var status = outcomes.Status;
        Assert.Equal([(3L, 1.0), (4L, 2.0)], status.Versions.Select(v => (v.Version, v.Metrics.Count)));
        Assert.Equal(Math.Log(2), status.Versions[0].Metrics.LogLoss!.Value, 5);
        Assert.Equal(0.75 * 0.75, status.Versions[1].Metrics.Brier!.Value, 5);
        Assert.Null(status.Versions[1].Metrics.RocAuc);
        Assert.Equal([(TimeSpan.FromSeconds(1), 1.0), (TimeSpan.FromHours(1), 2.0)], status.Delays.Select(d => (d.From, d.Metrics.Count)));
        Assert.InRange(status.MedianDelay!.Value.TotalSeconds, 5, 5.3);
        Assert.InRange(status.NinetiethDelay!.Value.TotalSeconds, 7_200, 7_400);
        Assert.Equal(2, status.Error.Values);
        Assert.Equal(0.625, status.Error.Mean!.Value, 5);
    }

    [Fact]
    public void A_corrected_label_replaces_its_outcome_and_a_presumed_one_has_none()
    {
        var outcomes = new ServedOutcomes(Stream.Task, _time);
        outcomes.Take(Result(WaitingResultKind.Joined, version: 3, delay: 5), [0], 0, 1, Start);
        outcomes.Take(
            Result(WaitingResultKind.Corrected, version: 3, delay: 100) with { PreviousLabel = 0, PreviousLabelArrival = Start.AddSeconds(5) }, [0], 1, 1, Start);
        Assert.Equal((1.0, 1.0), (outcomes.Status.All.Count, outcomes.Status.All.PositiveShare));
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Single(outcomes.Status.Delays).From);
        outcomes.Take(Result(WaitingResultKind.Corrected, version: 3, delay: 900) with { PreviousLabel = 0, WasPresumed = true }, [0], 1, 1, Start);
        _time.Ticks += TimeSpan.FromSeconds(2).Ticks;
        Assert.Equal(2, outcomes.Status.All.Count);
    }

    [Fact]
    public void Finds_a_change_of_the_predictions_before_any_label()
    {
        var outcomes = new ServedOutcomes(Stream.Task, _time);
        var random = new Xoshiro256StarStar(1);
        for (var i = 0; i < 4_000; i++)
            outcomes.TakePrediction([(float)(random.NextDouble() + (i < 3_000 ? -3 : 1))], Start.AddSeconds(i));
        Assert.Equal((DriftDirection.Rise, 0L), (outcomes.Status.Prediction.Last, outcomes.Status.Error.Changes));
        Assert.InRange(outcomes.Status.Prediction.LastAt!.Value, Start.AddSeconds(3_000), Start.AddSeconds(3_200));
        outcomes.TakePrediction([float.NaN], Start);
    }

    [Fact]
    public void Continues_from_a_saved_state()
    {
        var outcomes = new ServedOutcomes(Stream.Task, _time);
        for (var i = 0; i < 500; i++)
        {
            outcomes.TakePrediction([i % 3], Start);
            outcomes.Take(Result(WaitingResultKind.Joined, version: i / 100, delay: i), [i % 3], i % 2, 1, Start.AddSeconds(i));
        }

        outcomes.Take(Result(WaitingResultKind.Dropped, version: 0, delay: 0), [], -1, 0, Start.AddDays(1));
        var writer = new StateWriter();
        outcomes.Save(writer);
        var other = new ServedOutcomes(Stream.Task, _time);
        other.Restore(StateFrame.Open(StateFrame.Close(writer)));
        Assert.Equivalent(outcomes.Status, other.Status, strict: true);
        var again = new StateWriter();
        other.Save(again);
        Assert.Equal(writer.Written.ToArray(), again.Written.ToArray());
    }

    private static WaitingResult Result(WaitingResultKind kind, long version, int delay) => new(
        kind, 0, new RowSource(ExampleKey.Of("a"), "a", default), 0, -1, false, false, false, new ServedPrediction(version, float.NaN), Start, Start.AddSeconds(delay));

    private sealed class HandSetClock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking;

/// <summary>Tests that the notifications of a listener add up to the contents of the pool and the quarantine after every operation.</summary>
public sealed class HardNegativeNotifierTests
{
    [Fact]
    public void Notifications_add_up_to_the_pool_and_the_quarantine()
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Pool.Count = 20;
        options.Limiter.MinExamples = 0;
        options.Limiter.ExamplesPerStep = 8;
        options.Pool.MaxUses = 6;
        options.Retention.LabelNoise.MinVisits = 4;
        using var ranker = new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
        ranker.TakeIn(Batch(0, [("p", 1, 0), ("early", 0, 9)]));
        var listener = new Listener();
        ranker.Notify(listener);
        Assert.Equal(HardNegativeReasons.Resumed, listener.Kept["early"].Reason);

        var generator = new Xoshiro256StarStar(3);
        for (var number = 1; number <= 60; number++)
        {
            var first = number;
            ranker.TakeIn(Batch(number, [.. Enumerable.Range(0, 16).Select(i => ($"n{(int)(generator.NextDouble() * 400)}-{first}", 0, (float)generator.NextDouble()))]));
            // Some candidates stay hard after any number of steps; the others are learned.
            var visited = listener.Kept.Keys.Order(StringComparer.Ordinal).ToList();
            ranker.TakeFeedback(new StepFeedback(
                [.. visited.Select(id => new CandidateKey(ExampleKey.Of(id), 0))], [.. visited.Select(id => id.Contains('7', StringComparison.Ordinal) ? 2f : 0.1f)], number));
            if (number % 7 == 0)
                ranker.TakeIn(TombstoneBatch(number, visited[0]));
            while (ranker.Rounds.TryDraw() is { } drawn)
                drawn.Dispose();
            // A reviewer alternately releases and confirms the oldest suspect.
            if (number % 5 == 0 && ranker.Inspection.Quarantined() is [var suspect, ..])
                Assert.True(number % 2 == 0 ? ranker.Inspection.Release(suspect.Id, 0) : ranker.Inspection.Confirm(suspect.Id, 0));
            Assert.Equal(ranker.Status().Pool.Count + ranker.Status().Pool.Quarantined, listener.Kept.Count);
            Assert.Equal(
                ranker.Inspection.Hardest(100).Select(h => h.Id).Order(StringComparer.Ordinal),
                listener.Kept.Values.Where(e => e.Reason != HardNegativeReasons.Suspected).Select(e => e.Id).Order(StringComparer.Ordinal));
        }

        Assert.True(ranker.Status().Pool.Quarantined > 0);
        Assert.Contains(listener.Reasons, reason => reason == HardNegativeReasons.Harder);
        Assert.Contains(listener.Reasons, reason => reason == HardNegativeReasons.Room);
        Assert.Contains(listener.Reasons, reason => reason == HardNegativeReasons.Released);
        Assert.All(listener.Kept.Values, entry => Assert.Equal(("t", 0), (entry.Origin.Topic, entry.Label)));
    }

    private static ExampleBatch TombstoneBatch(int number, string id)
    {
        var batch = new ExampleBatch(number, 1);
        batch.Tombstones.Add(new Tombstone(0, ExampleKey.Of(id)));
        return batch;
    }

    private static ExampleBatch Batch(int number, (string Id, int Label, float Hardness)[] rows)
    {
        var batch = new ExampleBatch(number, rows.Length);
        foreach (var (id, label, _) in rows)
        {
            var offset = (number * 100) + batch.Sources.Count;
            Assert.Null(Stream.Task.Encode(Stream.Of(id, label, 1, 2, 3, 4), batch.Rows));
            batch.ToScore.Add(batch.Sources.Count);
            batch.Sources.Add(new RowSource(ExampleKey.Of(id), id, new Origin("t", 0, offset), default, default));
            batch.Cover("t", 0, offset);
        }

        batch.Scores = new BatchScores(rows.Length, 1, number);
        for (var i = 0; i < rows.Length; i++)
            batch.Scores.Outputs[i] = batch.Scores.Hardness[i] = rows[i].Hardness;
        return batch;
    }

    private sealed class Listener : IHardNegativeSink
    {
        public Dictionary<string, HardNegativeEntry> Kept { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Reasons { get; } = new(StringComparer.Ordinal);

        public void Begin(IReadOnlyCollection<HardNegativeEntry> kept)
        {
            foreach (var entry in kept)
                Kept.Add(entry.Id, entry);
        }

        public void Enter(HardNegativeEntry entry)
        {
            Reasons.Add(entry.Reason);
            Kept[entry.Id] = entry;
        }

        public void Leave(string id, int region) => Assert.True(Kept.Remove(id), id);
    }
}

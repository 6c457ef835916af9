using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking;

/// <summary>What a listener hears adds up to what the pool and the quarantine keep, whatever happens to them.</summary>
public sealed class HardNegativeNotifierTests
{
    [Fact]
    public void Notifications_add_up_to_the_pool_and_the_quarantine()
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Pool.Count = 20;
        options.Limiter.MinimumExamples = 0;
        options.Limiter.ExamplesPerStep = 8;
        options.Pool.MaximumUses = 6;
        options.Retention.LabelNoise.MinimumVisits = 4;
        using var ranker = new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
        ranker.TakeIn(Batch(0, [("p", 1, 0), ("early", 0, 9)]));
        var heard = new Listener();
        ranker.Notify(heard);
        Assert.Equal(HardNegativeReasons.Resumed, heard.Kept["early"].Reason);

        var generator = new Xoshiro256StarStar(3);
        for (var number = 1; number <= 60; number++)
        {
            var first = number;
            ranker.TakeIn(Batch(number, [.. Enumerable.Range(0, 16).Select(i => ($"n{(int)(generator.NextDouble() * 400)}-{first}", 0, (float)generator.NextDouble()))]));
            // Some of what is kept stays hard however often it is trained on; the rest is learnt.
            var visited = heard.Kept.Keys.Order(StringComparer.Ordinal).ToList();
            ranker.TakeFeedback(new StepFeedback(
                [.. visited.Select(id => new CandidateKey(ExampleKey.Of(id), 0))], [.. visited.Select(id => id.Contains('7', StringComparison.Ordinal) ? 2f : 0.1f)], number));
            if (number % 7 == 0)
                ranker.TakeIn(Forget(number, visited[0]));
            while (ranker.Rounds.TryDraw() is { } drawn)
                drawn.Dispose();
            // A person looks at the one that has waited longest, and every other time finds its label right.
            if (number % 5 == 0 && ranker.Inspection.Quarantined() is [var suspect, ..])
                Assert.True(number % 2 == 0 ? ranker.Inspection.Release(suspect.Id, 0) : ranker.Inspection.Confirm(suspect.Id, 0));
            Assert.Equal(ranker.Status().Pool.Count + ranker.Status().Pool.Quarantined, heard.Kept.Count);
            Assert.Equal(
                ranker.Inspection.Hardest(100).Select(h => h.Id).Order(StringComparer.Ordinal),
                heard.Kept.Values.Where(e => e.Reason != HardNegativeReasons.Suspected).Select(e => e.Id).Order(StringComparer.Ordinal));
        }

        Assert.True(ranker.Status().Pool.Quarantined > 0);
        Assert.Contains(heard.Whys, why => why == HardNegativeReasons.Harder);
        Assert.Contains(heard.Whys, why => why == HardNegativeReasons.Room);
        Assert.Contains(heard.Whys, why => why == HardNegativeReasons.Released);
        Assert.All(heard.Kept.Values, entry => Assert.Equal(("t", 0), (entry.Origin.Topic, entry.Label)));
    }

    private static ExampleBatch Forget(int number, string id)
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

        public HashSet<string> Whys { get; } = new(StringComparer.Ordinal);

        public void Begin(IReadOnlyCollection<HardNegativeEntry> kept)
        {
            foreach (var entry in kept)
                Kept.Add(entry.Id, entry);
        }

        public void Enter(HardNegativeEntry entry)
        {
            Whys.Add(entry.Reason);
            Kept[entry.Id] = entry;
        }

        public void Leave(string id, int region) => Assert.True(Kept.Remove(id), id);
    }
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class RankerTests
{
    [Fact]
    public void Keeps_the_hardest_negatives_and_never_a_positive_in_the_pool()
    {
        using var ranker = Ranker(o => o.Pool.Count = 3);
        ranker.TakeIn(Batch(0, ("a", 0, 1), ("b", 1, 9), ("c", 0, 5), ("d", 0, 3), ("e", 0, 4)));
        Assert.Equal(["c", "e", "d"], ranker.Inspection.Hardest(10).Select(h => h.Id));
        var status = ranker.Status();
        Assert.Equal((5L, 5L, 3, 1, 4), (status.Stream.Consumed, status.Stream.Scored, status.Pool.Count, status.PositivesKept, status.NegativesKept));
        Assert.Equal([new StreamPosition("t", 0, 5)], status.Positions);
    }

    [Fact]
    public void The_pool_grows_with_the_distinct_negatives()
    {
        using var ranker = Ranker(o => (o.Pool.Count, o.Pool.MinCount, o.Pool.DistinctShare) = (100, 2, 0.1));
        ranker.TakeIn(Batch(0, [.. Enumerable.Range(0, 20).Select(i => ($"a{i}", 0, 1f + i))]));
        // A tenth of 20 is the minimum.
        Assert.Equal((2, 2), (ranker.Status().Pool.Count, ranker.Status().Pool.MaxCount));
        // The same ids again are no new negatives.
        ranker.TakeIn(Batch(20, [.. Enumerable.Range(0, 20).Select(i => ($"a{i}", 0, 1f + i))]));
        Assert.Equal(2, ranker.Status().Pool.MaxCount);
        ranker.TakeIn(Batch(40, [.. Enumerable.Range(0, 80).Select(i => ($"b{i}", 0, 50f + i))]));
        Assert.Equal(10, ranker.Status().Pool.MaxCount);
    }

    [Fact]
    public void A_candidate_that_arrives_again_with_less_hardness_moves_down()
    {
        using var ranker = Ranker(_ => { });
        ranker.TakeIn(Batch(0, ("a", 0, 5), ("b", 0, 3)));
        ranker.TakeIn(Batch(2, ("a", 0, 1)));
        Assert.Equal([("b", 3f), ("a", 1f)], ranker.Inspection.Hardest(10).Select(h => (h.Id, h.Pool!.Hardness)));
    }

    [Fact]
    public void Losses_of_trained_rows_are_new_scores()
    {
        using var ranker = Ranker(_ => { });
        ranker.TakeIn(Batch(0, ("a", 0, 5), ("b", 0, 3)));
        ranker.TakeFeedback(new StepFeedback([new CandidateKey(ExampleKey.Of("a"), 0), new CandidateKey(ExampleKey.Of("removed"), 0)], [0.5f, 7f], 4));
        Assert.Equal([("b", 3f, 0L), ("a", 0.5f, 4L)], ranker.Inspection.Hardest(10).Select(h => (h.Id, h.Pool!.Hardness, h.Pool.ModelVersion)));
    }

    [Fact]
    public void A_tombstone_removes_the_example_everywhere()
    {
        using var ranker = Ranker(_ => { });
        var batch = Batch(0, ("n", 0, 5), ("p", 1, 5), ("q", 1, 5));
        ranker.TakeIn(batch);
        var tombstones = new ExampleBatch(1, 4);
        tombstones.Tombstones.Add(new Tombstone(0, ExampleKey.Of("n")));
        tombstones.Tombstones.Add(new Tombstone(0, ExampleKey.Of("p")));
        ranker.TakeIn(tombstones);
        var status = ranker.Status();
        Assert.Equal((0, 1, 0, 2L), (status.Pool.Count, status.PositivesKept, status.NegativesKept, status.Stream.Tombstones));
        ranker.TakeIn(Batch(3, Enumerable.Range(0, 50).Select(i => ($"x{i}", 0, 1f)).ToArray()));
        var drawn = ranker.Rounds.TryDraw()!;
        Assert.DoesNotContain(new CandidateKey(ExampleKey.Of("p"), 0), drawn.Keys);
        Assert.Contains(new CandidateKey(ExampleKey.Of("q"), 0), drawn.Keys);
    }

    [Fact]
    public void A_tombstone_removes_earlier_records_of_its_id_and_not_later_ones()
    {
        using var ranker = Ranker(_ => { });
        var batch = Batch(0, ("a", 0, 5), ("b", 0, 3), ("a", 0, 2));
        batch.Tombstones.Add(new Tombstone(2, ExampleKey.Of("a")));
        batch.Tombstones.Add(new Tombstone(3, ExampleKey.Of("b")));
        ranker.TakeIn(batch);
        Assert.Equal([("a", 2f)], ranker.Inspection.Hardest(10).Select(h => (h.Id, h.Pool!.Hardness)));
    }

    [Fact]
    public void A_failed_batch_advances_the_positions_and_feeds_the_reservoirs()
    {
        using var ranker = Ranker(_ => { });
        var batch = Batch(0, ("a", 0, 5), ("p", 1, 5));
        batch.Scores!.Dispose();
        batch.Scores = null;
        batch.Failure = "broken";
        ranker.TakeIn(batch);
        var status = ranker.Status();
        Assert.Equal((2L, 0L, 1L, 0, 1, 1), (status.Stream.Consumed, status.Stream.Scored, status.Stream.FailedBatches, status.Pool.Count, status.PositivesKept, status.NegativesKept));
        Assert.Equal(2, status.Positions.Single().NextOffset);
    }

    [Fact]
    public void Ignores_a_NaN_score()
    {
        using var ranker = Ranker(_ => { });
        ranker.TakeIn(Batch(0, ("a", 0, float.NaN), ("b", 0, 1)));
        Assert.Equal(["b"], ranker.Inspection.Hardest(10).Select(h => h.Id));
    }

    [Fact]
    public void Allows_one_step_per_number_of_examples_and_draws_random_negatives_until_the_model_beats_chance()
    {
        using var ranker = Ranker(o =>
        {
            o.Limiter.ExamplesPerStep = 20;
            o.Limiter.MinExamples = 0;
            o.Mix.BatchSize = 8;
            o.Mix.PositiveShare = 0.25;
        });
        Assert.Null(ranker.Rounds.TryDraw());
        ranker.TakeIn(Batch(0, [.. Enumerable.Range(0, 40).Select(i => ($"x{i}", i < 4 ? 1 : 0, (float)i))]));
        var first = ranker.Rounds.TryDraw()!;
        Assert.Equal((2, 0, 6), (first.Plan.NewPositives, first.Plan.HardNegatives, first.Plan.RandomNegatives));
        Assert.Equal(8, first.Rows.Count);
        Assert.Equal(8, first.Keys.Distinct().Count());
        Assert.NotNull(ranker.Rounds.TryDraw());
        Assert.Null(ranker.Rounds.TryDraw());
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(512, false)]
    public void Checks_for_chance_every_sixteen_batches_if_batches_are_small(int size, bool isAllowed)
    {
        using var ranker = Ranker(o => o.Batching.Size = size);
        for (var batch = 0; batch < 17; batch++)
            ranker.TakeIn(Batch(batch * 8, [.. Enumerable.Range(batch * 8, 8).Select(i => ($"x{i}", i % 4 == 0 ? 1 : 0, i % 4 == 0 ? 9 : 0.01f))]));
        Assert.Equal(isAllowed, ranker.Status().MiningAllowed);
    }

    [Fact]
    public void Baselines_get_the_same_batch_with_random_negatives_instead_of_hard_ones()
    {
        using var ranker = Ranker(o =>
        {
            o.Baselines.Enabled = true;
            o.Mix.BatchSize = 16;
        });
        // Positives score high and negatives low: the model beats chance, and mining is allowed.
        for (var batch = 0; batch < 5; batch++)
            ranker.TakeIn(Batch(batch * 1_000, [.. Enumerable.Range(batch * 1_000, 1_000).Select(i => ($"x{i}", i % 10 == 0 ? 1 : 0, i % 10 == 0 ? 9 : i % 7 * 0.01f))]));
        var round = ranker.Rounds.TryDrawRound()!;
        var randomDraws = 0;
        for (var i = 0; i < round.Mined.Batches.Count; i++)
        {
            var (mined, random, equal) = (round.Mined.Batches[i], round.Random!.Batches[i], round.EqualCompute!.Batches[i]);
            Assert.Equal(mined.Rows.Count, random.Rows.Count);
            Assert.Equal(random.Keys, random.Keys.Distinct());
            Assert.Equal(random.Keys, equal.Keys);
            Assert.False(random.IsExtra);
            var (from, count) = mined.Hard.GetOffsetAndLength(mined.Rows.Count);
            CandidateKey[] others = [.. mined.Keys.Take(from), .. mined.Keys.Skip(from + count)];
            Assert.Equal(others, random.Keys.Take(others.Length));
            Assert.Equal(mined.Rows.Labels.ToArray().Count(l => l == 1), random.Rows.Labels.ToArray().Count(l => l == 1));
            randomDraws += random.Keys.Skip(others.Length).Except(mined.Keys).Count();
        }

        Assert.True(round.Mined.Batches.Sum(b => b.Plan.HardNegatives) > 0);
        Assert.True(randomDraws > 0);
        foreach (var extra in ranker.Rounds.DrawExtraSteps(3))
        {
            Assert.True(extra.IsExtra);
            Assert.Equal(16, extra.Rows.Count);
            Assert.Equal(4, extra.Rows.Labels.ToArray().Count(l => l == 1));
        }
    }

    [Fact]
    public void Another_number_of_examples_per_step_applies_from_then_on()
    {
        using var ranker = Ranker(o => (o.Limiter.ExamplesPerStep, o.Limiter.MaxDebtSteps, o.Mix.BatchSize) = (10, 100, 2));
        (string, int, float)[] Rows(int from) => [.. Enumerable.Range(from, 40).Select(i => ($"x{i}", 0, 1f))];
        ranker.TakeIn(Batch(0, Rows(0)));
        Assert.Equal(4, Steps());
        ranker.Rounds.SetExamplesPerStep(4);
        Assert.Equal(0, Steps());
        ranker.TakeIn(Batch(40, Rows(40)));
        Assert.Equal(10, Steps());

        int Steps()
        {
            var steps = 0;
            while (ranker.Rounds.TryDraw() is not null)
                steps++;
            return steps;
        }
    }

    [Theory]
    [InlineData(0.5, 0.25)]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.25)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.5, 0.125)]
    public void A_challenger_gets_the_rows_that_both_mixes_ask_for_and_changes_nothing(double hardShare, double positiveShare)
    {
        var (mined, variants) = Drawn(variants: true);
        Assert.Equal(Drawn(variants: false).Mined, mined);
        foreach (var (batch, variant) in mined.Zip(variants))
        {
            Assert.Equal(variant, variant.Distinct());
            // Of 16 rows, 4 are positives, 6 hard and 6 random.
            var positives = (int)(16 * positiveShare);
            var hard = (int)((16 - positives) * hardShare);
            var random = 16 - positives - hard;
            Assert.Equal(16, variant.Count);
            Assert.Equal(batch.Take(Math.Min(4, positives)), variant.Take(Math.Min(4, positives)));
            Assert.Equal(batch.Skip(4).Take(Math.Min(6, hard)), variant.Skip(positives).Take(Math.Min(6, hard)));
            Assert.Equal(batch.Skip(10).Take(Math.Min(6, random)), variant.Skip(positives + hard).Take(Math.Min(6, random)));
        }

        (List<List<CandidateKey>> Mined, List<List<CandidateKey>> Variants) Drawn(bool variants)
        {
            using var ranker = Ranker(o => o.Mix.BatchSize = 16);
            var (minedKeys, variantKeys) = (new List<List<CandidateKey>>(), new List<List<CandidateKey>>());
            for (var batch = 0; batch < 5; batch++)
                ranker.TakeIn(Batch(batch * 1_000, [.. Enumerable.Range(batch * 1_000, 1_000).Select(i => ($"x{i}", i % 10 == 0 ? 1 : 0, i % 10 == 0 ? 9 : i % 7 * 0.01f))]));
            for (var i = 0; i < 3; i++)
            {
                var round = ranker.Rounds.TryDrawRound()!.Mined;
                minedKeys.AddRange(round.Batches.Select(b => b.Keys.ToList()));
                if (variants)
                    variantKeys.AddRange(ranker.Rounds.DrawVariant(round, new(0.01, 0, hardShare, positiveShare)).Batches.Select(b => b.Keys.ToList()));
            }

            return (minedKeys, variantKeys);
        }
    }

    [Fact]
    public void Draws_no_hard_negatives_if_the_budget_is_zero()
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Limiter.MinExamples = 0;
        options.Baselines.Enabled = true;
        var budget = new MiningBudget(options.ToBudgetSettings());
        using var ranker = new Ranker(Stream.Task, options.ToRankerSettings(), budget);
        for (var batch = 0; batch < 5; batch++)
            ranker.TakeIn(Batch(batch * 1_000, [.. Enumerable.Range(batch * 1_000, 1_000).Select(i => ($"x{i}", i % 10 == 0 ? 1 : 0, i % 10 == 0 ? 9 : i % 7 * 0.01f))]));
        Assert.Equal((12, 12), (ranker.Rounds.TryDraw()!.Plan.HardNegatives, ranker.Rounds.LastMix!.Asked.HardNegatives));
        budget.Set(budget.State with { Candidates = 0 }, 0.1);
        Assert.Equal((0, 24), (ranker.Rounds.TryDraw()!.Plan.HardNegatives, ranker.Rounds.LastMix!.Asked.RandomNegatives));
    }

    [Fact]
    public void Baselines_change_no_draw_of_the_mined_learner()
    {
        Assert.Equal(Drawn(baselines: false), Drawn(baselines: true));

        static List<CandidateKey> Drawn(bool baselines)
        {
            using var ranker = Ranker(o => o.Baselines.Enabled = baselines);
            var keys = new List<CandidateKey>();
            for (var batch = 0; batch < 5; batch++)
            {
                ranker.TakeIn(Batch(batch * 1_000, [.. Enumerable.Range(batch * 1_000, 1_000).Select(i => ($"x{i}", i % 10 == 0 ? 1 : 0, i % 10 == 0 ? 9 : i % 7 * 0.01f))]));
                keys.AddRange(ranker.Rounds.TryDrawRound()!.Mined.Batches.SelectMany(b => b.Keys));
                if (baselines)
                    ranker.Rounds.DrawExtraSteps(2);
            }

            return keys;
        }
    }

    [Fact]
    public void A_negative_that_stays_hard_is_quarantined()
    {
        using var ranker = Ranker(o =>
        {
            o.Retention.LabelNoise.MinVisits = 8;
            o.Retention.LabelNoise.HardestShare = 0.2;
        });
        ranker.TakeIn(Batch(0, ("p", 1, 0), ("wrong", 0, 9), ("a", 0, 3), ("b", 0, 3), ("c", 0, 3), ("d", 0, 3)));
        for (var version = 1; version <= 9; version++)
        {
            ranker.TakeFeedback(new StepFeedback(
                [.. new[] { "wrong", "a", "b", "c", "d" }.Select(id => new CandidateKey(ExampleKey.Of(id), 0))], [9, 3f / version, 3f / version, 3f / version, 3f / version], version));
        }

        Assert.Equal((4, 1), (ranker.Status().Pool.Count, ranker.Status().Pool.Quarantined));
        ranker.TakeIn(Batch(6, ("wrong", 0, 9)));
        Assert.DoesNotContain("wrong", ranker.Inspection.Hardest(10).Select(h => h.Id));
    }

    [Fact]
    public void Duplicate_content_under_another_id_is_kept_once()
    {
        using var ranker = Ranker(o => o.Retention.DuplicateDistance = 0);
        ranker.TakeIn(Batch(0, ("a", 0, 3), ("b", 0, 3)));
        Assert.Equal(["a"], ranker.Inspection.Hardest(10).Select(h => h.Id));
    }

    // One held-out record in 500 carries the largest float as its weight and is easy to classify.
    [Theory]
    [InlineData(false, 0.3, 0.7)]
    [InlineData(true, 0.99, 1)]
    public void Huge_weights_change_the_evaluation_only_if_it_is_weighted(bool weighted, double minimum, double maximum)
    {
        using var ranker = Ranker(o => o.Evaluation.Weighted = weighted);
        var batch = new ExampleBatch(0, 16);
        for (var i = 0; i < 1_500; i++)
        {
            var isForged = i % 500 == 0;
            var label = isForged ? i / 500 % 2 : i % 2;
            var score = isForged ? label : (float)(i * 0.6180339887 % 1);
            Assert.Null(Stream.Task.Encode(Stream.Of($"h-{i}", label, score, 0, 0, 0) with { Weight = isForged ? float.MaxValue : 1 }, batch.HeldOut));
            batch.HeldOutSources.Add(new RowSource(ExampleKey.Of($"h-{i}"), $"h-{i}", default, default, default));
        }

        ranker.TakeIn(batch);
        using var rows = new RowBuffer();
        ranker.CopyHeldOut(rows);
        var outputs = Enumerable.Range(0, rows.Count).Select(row => BitConverter.ToSingle(rows.Payload(row))).ToArray();
        Assert.InRange(new PairedEvaluation(Stream.Task, rows).Metrics(outputs)[Stream.Task.PrimaryMetric], minimum, maximum);
    }

    [Theory]
    [InlineData(false, 0.3, 0.7)]
    [InlineData(true, 0.99, 1)]
    public void Huge_weights_change_the_prequential_metrics_only_if_they_are_weighted(bool weighted, double minimum, double maximum)
    {
        using var ranker = Ranker(o => o.Evaluation.Weighted = weighted);
        var batch = Batch(0, [.. Enumerable.Range(0, 2_000).Select(i => ($"e-{i}", i % 2, i < 2 ? i : (float)(i * 0.6180339887 % 1)))]);
        batch.Rows.SetWeight(0, float.MaxValue);
        batch.Rows.SetWeight(1, float.MaxValue);
        ranker.TakeIn(batch);
        Assert.InRange(ranker.Prequential()[Stream.Task.PrimaryMetric], minimum, maximum);
    }

    internal static Ranker Ranker(Action<PipelineOptions> configure)
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Limiter.MinExamples = 0;
        options.Limiter.ExamplesPerStep = 1;
        configure(options);
        return new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
    }

    // The outputs equal the hardness, as only their order matters here.
    internal static ExampleBatch Batch(long firstOffset, params (string Id, int Label, float Hardness)[] rows) => Batch(firstOffset, [1, 2, 3, 4], rows);

    internal static ExampleBatch Batch(long firstOffset, float[] features, params (string Id, int Label, float Hardness)[] rows)
    {
        var batch = new ExampleBatch(0, rows.Length);
        foreach (var (id, label, _) in rows)
        {
            var offset = firstOffset + batch.Sources.Count;
            Assert.Null(Stream.Task.Encode(Stream.Of(id, label, features), batch.Rows));
            batch.ToScore.Add(batch.Sources.Count);
            batch.Sources.Add(new RowSource(ExampleKey.Of(id), id, new Origin("t", 0, offset), default, default));
            batch.Cover("t", 0, offset);
        }

        batch.Scores = new BatchScores(rows.Length, 1, 0);
        for (var i = 0; i < rows.Length; i++)
            batch.Scores.Outputs[i] = batch.Scores.Hardness[i] = rows[i].Hardness;
        return batch;
    }
}

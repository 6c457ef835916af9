using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Faces;
using HnmStreams.Torch.Losses.Embeddings;
using ExampleKey = HnmStreams.Data.Examples.ExampleKey;

namespace HnmStreams.Pipeline.Tests.Mixing;

public sealed class GroupComposerTests
{
    private static readonly FacesTask Grouped = People.Task(mined: 2);

    [Fact]
    public void A_batch_has_the_configured_number_of_groups_and_distinct_items()
    {
        using var ranker = Ranker();
        ranker.TakeIn(Batch(0, 200));
        for (var step = 0; step < 10; step++)
        {
            using var batch = ranker.Rounds.TryDraw()!;
            var groups = batch.Rows.Labels.ToArray().CountBy(l => l).ToArray();
            Assert.True(groups.Count(g => g.Value >= 3) >= 4);
            Assert.Equal(3, batch.Rows.Labels[..3].ToArray().CountBy(l => l).Single().Value);
            // No negative is already in the batch; these negatives are random.
            Assert.Equal(12 + (4 * 2), batch.Keys.Distinct().Count());
        }
    }

    [Fact]
    public void Draws_nothing_before_two_groups_have_a_pair()
    {
        using var ranker = Ranker();
        ranker.TakeIn(Batch(0, 1));
        Assert.Null(ranker.Rounds.TryDraw());
    }

    [Fact]
    public void A_batch_has_the_hard_item_the_group_of_its_nearest_negative_and_mined_negatives_of_other_groups()
    {
        using var ranker = Ranker();
        // Each embedding encodes its group's number, except for a few that encode another group's.
        ranker.TakeIn(Scored(0, 2_200));
        Assert.True(ranker.Status().MiningAllowed, string.Join(" ", ranker.Prequential()));
        var hardest = ranker.Inspection.Hardest(1)[0];
        Assert.InRange(hardest.Pool!.Hardness, 0.1f, 2f);
        var pool = ranker.Inspection.Hardest(20).Select(h => ExampleKey.Of(h.Id)).ToHashSet();
        var (withMined, fromPool) = (0, 0);
        for (var step = 0; step < 20; step++)
        {
            using var batch = ranker.Rounds.TryDraw()!;
            Assert.InRange(batch.Rows.Count, 12, 12 + (4 * 2));
            withMined += batch.Rows.Count > 12 ? 1 : 0;
            fromPool += batch.Keys.Any(k => pool.Contains(k.Id)) ? 1 : 0;
            Assert.Equal(2, batch.Plan.HardNegatives);
        }

        Assert.Equal(20, withMined);
        Assert.Equal(20, fromPool);
        Assert.InRange(ranker.Status().Index!.Embedded, 70, 80);
    }

    [Fact]
    public void A_removed_example_is_neither_in_a_batch_nor_in_the_index()
    {
        using var ranker = Ranker();
        ranker.TakeIn(Scored(0, 60));
        var before = ranker.Status().Index!;
        using var tombstones = new ExampleBatch(1, 4);
        for (var i = 0; i < 20; i++)
            tombstones.Tombstones.Add(new Tombstone(0, ExampleKey.Of($"e-{i}")));
        ranker.TakeIn(tombstones);
        Assert.Equal((before.Kept - 20, before.Embedded - 20), (ranker.Status().Index!.Kept, ranker.Status().Index!.Embedded));
    }

    /// <param name="ids">The number of ids. Documents that occur again have other queries.</param>
    [Theory]
    [InlineData(null)]
    [InlineData(200)]
    public void A_document_that_several_queries_share_is_a_negative_of_none_of_them(int? ids)
    {
        var task = SharedDocuments.Task;
        var documents = new SharedDocuments(7);
        using var ranker = Ranker(task);
        var (withMined, shared, complete) = (0, 0, 0);
        for (var round = 0; round < 40; round++)
        {
            var taken = documents.Next(60, ids);
            for (var row = 0; row < taken.Rows.Count; row++)
                documents.Take(taken, row);
            ranker.TakeIn(taken);
            // Both a mined batch and one of the baseline, which has random negatives only.
            using var mined = ranker.Rounds.TryDraw()!;
            using var random = ranker.Rounds.DrawExtraSteps(1)[0];
            withMined += mined.Plan.HardNegatives > 0 ? 1 : 0;
            foreach (var batch in (TrainingBatch[])[mined, random])
            {
                // Two random draws of an anchor may fail. Then it is not known whose negatives the last ones are.
                complete += batch.Keys.Count == 4 * (2 + 2) ? 1 : 0;
                for (var group = 0; batch.Keys.Count == 4 * (2 + 2) && group < 4; group++)
                {
                    var negatives = batch.Keys.Skip(8 + (2 * group)).Take(2).ToArray();
                    Assert.DoesNotContain(negatives, negative => documents.Share(batch.Keys[2 * group], negative));
                }

                using var scope = TorchSharp.torch.NewDisposeScope();
                int[] rows = [.. Enumerable.Range(0, batch.Keys.Count)];
                var targets = task.CollateTargets(batch.Rows, rows);
                var masks = GroupTargets.Shared(targets, targets).data<bool>().ToArray();
                Assert.Equal(rows.SelectMany(_ => rows, (a, b) => documents.Share(batch.Keys[a], batch.Keys[b])), masks);
                shared += Enumerable.Range(0, 4).Any(group => batch.Rows.Labels[2 * group] != batch.Rows.Labels[(2 * group) + 1]) ? 1 : 0;
            }
        }

        Assert.True(withMined > 20 && shared > 5 && complete > 60, $"{withMined} batches with hard items, {shared} with a document under another query, {complete} complete");
    }

    [Fact]
    public void The_earlier_copy_of_an_example_is_no_hit_in_the_prequential_retrieval_metrics()
    {
        var task = SharedDocuments.Task;
        using var ranker = Ranker(task);
        for (var copy = 0; copy < 3; copy++)
        {
            using var batch = new ExampleBatch(0, 40) { Scores = new BatchScores(40, task.OutputWidth, 1) };
            for (var i = 0; i < 40; i++)
            {
                // Each alone in its group: only its copies could be found.
                var example = new Data.Examples.Example($"e{i}", new Data.Examples.Target.Identity($"g{i}"), new Data.Examples.ExampleInput.Text($"text {i}"));
                Assert.Null(task.Encode(example, batch.Rows));
                batch.Sources.Add(new RowSource(ExampleKey.Of(example.Id), example.Id, new Origin("t", 0, (40 * copy) + i), default, default));
                batch.ToScore.Add(i);
                batch.Scores.Outputs.Slice(i * task.OutputWidth, task.OutputWidth)[i % task.OutputWidth] = 1 + (0.01f * i);
            }

            batch.Scores.Hardness.Clear();
            ranker.TakeIn(batch);
        }

        Assert.Equal(double.NaN, ranker.Prequential()["precisionAt1"]);
        Assert.Equal(double.NaN, ranker.Prequential()["mapAtR"]);
    }

    private static Ranker Ranker(IGroupedTask? task = null)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Limiter.ExamplesPerStep = 1;
        options.Limiter.MinExamples = 1;
        options.Limiter.MaxDebtSteps = 1_000;
        options.Pool.Count = 20;
        return new Ranker(task ?? Grouped, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
    }

    private static ExampleBatch Batch(int from, int count)
    {
        var batch = new ExampleBatch(0, count);
        foreach (var example in People.Examples(from + count).Skip(from))
        {
            Assert.Null(Grouped.Encode(example, batch.Rows));
            batch.Sources.Add(new RowSource(ExampleKey.Of(example.Id), $"e-{batch.Sources.Count + from}", new Origin("t", 0, batch.Sources.Count + from), default, default));
        }

        return batch;
    }

    private static ExampleBatch Scored(int from, int count)
    {
        var batch = Batch(from, count);
        for (var i = 0; i < count; i++)
        {
            batch.Sources[i] = batch.Sources[i] with { Key = ExampleKey.Of(batch.Sources[i].Id!) };
            batch.ToScore.Add(i);
        }

        batch.Scores = new BatchScores(count, Grouped.OutputWidth, 1);
        var labels = batch.Rows.Labels.ToArray().Distinct().Order().ToArray();
        for (var i = 0; i < count; i++)
        {
            var group = Array.IndexOf(labels, batch.Rows.Labels[i]);
            if (i % 100 == 99)
                group = (group + 1) % labels.Length;
            var embedding = batch.Scores.Outputs.Slice(i * Grouped.OutputWidth, Grouped.OutputWidth);
            embedding.Clear();
            (embedding[group % 8], embedding[((group / 8) + 1 + group) % 8]) = (0.8f, 0.6f);
            // All embeddings differ, because of two equal embeddings the one of another group counts as nearer.
            embedding[(group + 5) % 8] = 0.1f * (i * 0.618f % 1);
        }

        batch.Scores.Hardness.Clear();
        return batch;
    }
}

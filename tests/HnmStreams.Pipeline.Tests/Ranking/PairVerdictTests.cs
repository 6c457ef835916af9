using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Tests.Teachers;

using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class PairVerdictTests : IDisposable
{
    private readonly TopicFolder _topics = new();

    public void Dispose() => _topics.Dispose();

    [Fact]
    public void Negatives_that_the_teacher_finds_relevant_are_left_out_and_not_mined_again()
    {
        var task = _topics.Task();
        using var ranker = Create(task);
        using var taken = Scored(task, 2_000);
        ranker.TakeIn(taken);
        var idOf = taken.Sources.ToDictionary(static s => s.Key, static s => s.Id!);
        var refuted = new HashSet<(CandidateKey, CandidateKey)>();
        var removed = 0;
        for (var step = 0; step < 60; step++)
        {
            var round = ranker.Rounds.TryDrawStep()!;
            var drawn = round.Mined.Batches[0];
            PairCheck.Check(task.PairTeacher!, drawn, isExact: true);
            var pairs = Enumerable.Range(0, drawn.Pairs?.Count ?? 0).Select(i => (Pair: drawn.Pairs![i], Relevance: drawn.Pairs.Relevance[i])).ToArray();
            var keys = drawn.Keys.ToArray();
            Assert.All(pairs, pair => Assert.Equal(TopicFolder.TopicOf(idOf[pair.Pair.Anchor.Id]) == TopicFolder.TopicOf(idOf[pair.Pair.Other.Id]), pair.Relevance > 0.5));
            Assert.All(pairs, pair => Assert.Equal(pair.Pair.Hard is not null ? pair.Pair.Anchor : pair.Pair.Other, keys[pair.Pair.Row]));
            Assert.DoesNotContain(pairs, pair => pair.Pair.Hard is null && refuted.Contains((pair.Pair.Anchor, pair.Pair.Other)));
            var wrong = pairs.Where(static pair => pair.Relevance > 0.9).ToArray();
            refuted.UnionWith(wrong.Select(static pair => (pair.Pair.Anchor, pair.Pair.Other)));
            using var left = ranker.TakeVerdicts(round).Mined.Batches[0];
            int[] rows = [.. wrong.Select(static pair => pair.Pair.Row).Distinct()];
            Assert.Equal(keys.Where((_, row) => !rows.Contains(row)), left.Keys);
            removed += rows.Length;
        }

        Assert.True(removed > 10, $"{removed} rows were left out.");
        var status = ranker.Status();
        Assert.True(status is { Pool.Quarantined: > 0, Teacher: { HeldBack: > 10 } }, status.ToString());
        Assert.All(ranker.Inspection.Quarantined(), static suspect => Assert.Equal(0, TopicFolder.TopicOf(suspect.Id) % 2));
    }

    [Fact]
    public void With_a_prefix_of_queries_a_pair_is_a_query_and_a_passage()
    {
        var task = _topics.Task(static o => o.Teacher.QueryPrefix = "1");
        using var ranker = Create(task);
        using var taken = Scored(task, 2_000);
        ranker.TakeIn(taken);
        var idOf = taken.Sources.ToDictionary(static s => s.Key, static s => s.Id!);
        var count = 0;
        for (var step = 0; step < 20; step++)
        {
            using var batch = ranker.Rounds.TryDraw()!;
            for (var i = 0; i < (batch.Pairs?.Count ?? 0); i++, count++)
            {
                var (anchor, other) = (idOf[batch.Pairs![i].Anchor.Id], idOf[batch.Pairs[i].Other.Id]);
                var query = anchor.StartsWith('1') ? anchor : other;
                Assert.NotEqual(anchor.StartsWith('1'), other.StartsWith('1'));
                Assert.Contains($"topic{TopicFolder.TopicOf(query)} ", task.View(batch.Pairs.Rows.Payload(2 * i)).Text, StringComparison.Ordinal);
            }
        }

        Assert.True(count > 20, $"{count} pairs");
    }

    private static Ranker Create(EmbeddingTask task)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Limiter.ExamplesPerStep = 1;
        options.Limiter.MinExamples = 1;
        options.Limiter.MaxDebtSteps = 1_000;
        options.Pool.Count = 40;
        return new Ranker(task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
    }

    // The embedding is that of the topic and of the half that the text reads like. A few have the embedding of another topic.
    private static ExampleBatch Scored(EmbeddingTask task, int count)
    {
        var batch = new ExampleBatch(0, count) { Scores = new BatchScores(count, task.OutputWidth, 1) };
        foreach (var example in TopicFolder.Examples(count))
        {
            Assert.Null(task.Encode(example, batch.Rows));
            var i = batch.Sources.Count;
            batch.Sources.Add(new RowSource(ExampleKey.Of(example.Id), example.Id, new Origin("t", 0, i), default, default));
            batch.ToScore.Add(i);
            var topic = TopicFolder.TopicOf(example.Id);
            var half = TopicFolder.ReadsLike(i, topic, example.Id.EndsWith("-1", StringComparison.Ordinal) ? 1 : 0);
            if (i % 50 == 4 && topic % 2 == 1)
                topic = (topic + 2) % CrossEncoderFile.Topics;
            var embedding = batch.Scores.Outputs.Slice(i * task.OutputWidth, task.OutputWidth);
            var length = 0f;
            for (var n = 0; n < embedding.Length; n++)
            {
                embedding[n] = MathF.Sin((1.7f * (topic + 1) * (n + 1)) + (0.8f * half) + (0.01f * (i % 7)));
                length += embedding[n] * embedding[n];
            }

            for (var n = 0; n < embedding.Length; n++)
                embedding[n] /= MathF.Sqrt(length);
        }

        batch.Scores.Hardness.Clear();
        return batch;
    }
}

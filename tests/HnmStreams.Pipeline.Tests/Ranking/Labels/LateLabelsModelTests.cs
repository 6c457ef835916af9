using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Testing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking.Labels;

/// <summary>Tests of the batcher, the waiting store and the ranker together against a dictionary of ids.</summary>
public sealed class LateLabelsModelTests
{
    private const double HeldOutShare = 0.3;
    private static readonly HeldOutSplit HeldOut = new(HeldOutShare);

    private enum Kind
    {
        Unlabeled,
        Label,
        Both,
        Tombstone,
    }

    private static readonly Gen<(Kind Kind, int Id, int Variant, int Label)[]> Records =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 1]).Select(static r => ((Kind)r.Item1, r.Item2, r.Item3, r.Item4)).Array[1, 60];

    [Fact]
    public void The_learner_keeps_every_id_that_has_an_input_and_a_label_at_its_newest_label() =>
        Gen.Select(Records, Gen.Int[1, 9]).Sample((records, size) => Check(records, size), iter: 60, threads: 1);

    [Fact]
    public void A_joined_example_has_the_hardness_and_the_version_of_its_served_prediction()
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions { Mode = LabelMode.Later });
        var unlabeled = Stream.Of("a", 0, 1, 2, 3, 4) with { Target = Target.None.Instance };
        TakeIn(ranker, LabelMode.Later, size: 10, [unlabeled]);
        Assert.Equal((0, 1L), (ranker.Status().Pool.Count, ranker.Status().Labels!.WaitingInputs));
        TakeIn(ranker, LabelMode.Later, size: 10, [Label("a", 0)], from: 1);
        var candidate = Assert.Single(ranker.Inspection.Hardest(10));
        Assert.Equal(("a", 7L), (candidate.Id, candidate.Pool!.ModelVersion));
        // The served output was 0.5: the loss of a negative is softplus(0.5), as a probability.
        using var rows = new RowBuffer();
        Assert.Null(Stream.Task.Encode(Stream.Of("a", 0, 1, 2, 3, 4), rows));
        var expected = new float[1];
        Stream.Task.Hardness([0.5f], rows, [0], expected);
        Assert.Equal(expected[0], candidate.Pool.Hardness);
    }

    [Fact]
    public void An_example_whose_served_prediction_is_too_old_is_ranked_when_it_is_scored_again()
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions { Mode = LabelMode.Later }, maxScoreAge: 10);
        TakeIn(ranker, LabelMode.Later, size: 10, [Unlabeled("a"), Unlabeled("b"), Unlabeled("c")]);
        ranker.TakeFeedback(new StepFeedback([], [], 18));
        TakeIn(ranker, LabelMode.Later, size: 10, [Label("a", 0), Label("b", 0), Label("c", 0)], from: 3);
        Assert.Equal((0, 3), (ranker.Status().Pool.Count, ranker.Status().Rescoring!.Waiting));

        // A pass over few rows has to wait for more.
        Assert.Null(ranker.NextToRescore(10, isSpare: false, minRows: 4));
        using var batch = ranker.NextToRescore(2, isSpare: false)!;
        Assert.Null(ranker.NextToRescore(2, isSpare: false));
        Assert.Equal(2, batch.Rows.Count);
        var removed = batch.Sources[0].Id!;
        TakeIn(ranker, LabelMode.Later, size: 10, [null], [removed], from: 6);
        batch.Scores = new BatchScores(2, 1, 18);
        batch.Scores.Hardness.Fill(0.75f);
        ranker.TakeRescored(batch);
        var candidate = Assert.Single(ranker.Inspection.Hardest(10));
        Assert.Equal((batch.Sources[1].Id, 0.75f, 18L), (candidate.Id, candidate.Pool!.Hardness, candidate.Pool.ModelVersion));
        Assert.Equal(new RescoringStatus(Waiting: 1, Rescored: 1, Refused: 0), ranker.Status().Rescoring);
        // Without scores, the last one waits again.
        using var failed = ranker.NextToRescore(2, isSpare: false)!;
        ranker.TakeRescored(failed);
        using var again = ranker.NextToRescore(2, isSpare: false)!;
        Assert.Equal(1, again.Rows.Count);
    }

    [Fact]
    public void The_hardest_examples_with_outdated_predictions_are_scored_again()
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions { Mode = LabelMode.Later }, maxScoreAge: 10, rescoredShare: 0.4);
        string[] ids = ["a", "b", "c", "d", "e"];
        TakeIn(ranker, LabelMode.Later, size: 10, [.. ids.Select(Unlabeled)], outputs: [0, 3, 1, 2, 4]);
        ranker.TakeFeedback(new StepFeedback([], [], 18));
        // The hardest one is deleted in the same batch.
        TakeIn(ranker, LabelMode.Later, size: 10, [.. ids.Select(id => Label(id, 0)), null], [.. ids, "e"], from: 5);
        using var batch = ranker.NextToRescore(10, isSpare: false)!;
        // 0.4 of the four that are left is one, and of the next one a rest.
        Assert.Equal(["b"], batch.Sources.Select(s => s.Id));
        Assert.Equal(new RescoringStatus(Waiting: 1, Rescored: 0, Refused: 3), ranker.Status().Rescoring);
        Assert.Equal((0, 4), (ranker.Status().Pool.Count, ranker.Status().NegativesKept));
    }

    [Fact]
    public void An_input_without_a_label_in_time_is_presumed_negative_until_its_label_comes()
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions { Mode = LabelMode.Later, WhenNoLabel = NoLabelPolicy.PresumeNegative, Timeout = TimeSpan.FromSeconds(10) });
        TakeIn(ranker, LabelMode.Later, 10, [Stream.Of("a", 0, 1, 2, 3, 4) with { Target = Target.None.Instance }], seconds: 0);
        TakeIn(ranker, LabelMode.Later, 10, [Label("other", 0)], from: 1, seconds: 9);
        Assert.Equal(0, ranker.Status().Pool.Count);
        TakeIn(ranker, LabelMode.Later, 10, [Label("other", 0)], from: 2, seconds: 11);
        Assert.Equal(["a"], ranker.Inspection.Hardest(10).Select(c => c.Id));
        TakeIn(ranker, LabelMode.Later, 10, [Label("a", 1)], from: 3, seconds: 12);
        var status = ranker.Status();
        Assert.Equal((0, 1, 1L, 1L), (status.Pool.Count, status.PositivesKept, status.Labels!.Presumed, status.Labels.PresumedTurned));
    }

    [Fact]
    public void A_presumed_negative_counts_less_and_a_confirmed_one_fully()
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions
        {
            Mode = LabelMode.Later,
            WhenNoLabel = NoLabelPolicy.PresumeNegative,
            Timeout = TimeSpan.FromSeconds(10),
            DelayCorrection = DelayCorrection.FeedbackShift,
        });
        string[] late = [.. Enumerable.Range(0, 30).Select(i => $"late-{i}")];
        TakeIn(ranker, LabelMode.Later, 100, [.. late.Select(Unlabeled)], seconds: 0);
        // Their labels come after the timeout: all positives are late.
        TakeIn(ranker, LabelMode.Later, 100, [Label("other", 0)], from: 30, seconds: 11);
        TakeIn(ranker, LabelMode.Later, 100, [.. late.Select(id => Label(id, 1))], from: 31, seconds: 12);
        TakeIn(ranker, LabelMode.Later, 100, [Unlabeled("a")], from: 61, seconds: 13);
        TakeIn(ranker, LabelMode.Later, 100, [Label("other", 0)], from: 62, seconds: 24);
        // The served output was 0.5, and no positive label comes in time: the weight is 1 - p.
        Assert.Equal((1, MathF.Round(1 - (1 / (1 + MathF.Exp(-0.5f))), 4)), PoolWeight(ranker));
        Assert.Equal((30L, 0.0, 31L), (ranker.Status().PresumedWeights!.Positives, ranker.Status().PresumedWeights!.InTime!.Value, ranker.Status().PresumedWeights!.Weighted));

        // Another input of the same id is still a presumed negative, and no outcome.
        var outcomes = ranker.Status().Stream.Scored;
        TakeIn(ranker, LabelMode.Later, 100, [Stream.Of("a", 0, 4, 3, 2, 1) with { Target = Target.None.Instance }], from: 63, seconds: 25);
        Assert.Equal((1, MathF.Round(1 - (1 / (1 + MathF.Exp(-0.5f))), 4)), PoolWeight(ranker));
        Assert.Equal(outcomes, ranker.Status().Stream.Scored);

        TakeIn(ranker, LabelMode.Later, 100, [Label("a", 0)], from: 64, seconds: 26);
        Assert.Equal((1, 1f), PoolWeight(ranker));
        Assert.Equal(1, ranker.Status().Labels!.Confirmed);
    }

    private static (int Count, float Weight) PoolWeight(Ranker ranker)
    {
        using var rows = new RowBuffer();
        ranker.CopyPool(rows, []);
        return (rows.Count, MathF.Round(rows.Weights[0], 4));
    }

    private static void Check((Kind Kind, int Id, int Variant, int Label)[] records, int size)
    {
        using var folder = new TemporaryFolder();
        using var ranker = NewRanker(folder, new LabelsOptions { Mode = LabelMode.Mixed });
        var model = new Dictionary<string, (int? Variant, int? Label)>(StringComparer.Ordinal);
        var stream = new List<Example?>();
        var keys = new List<string>();
        foreach (var (kind, number, variant, label) in records)
        {
            var id = $"id-{number}";
            var (knownVariant, knownLabel) = model.GetValueOrDefault(id);
            var example = Stream.Of(id, label, variant, 2, 3, 4);
            keys.Add(id);
            stream.Add(kind switch
            {
                Kind.Unlabeled => example with { Target = Target.None.Instance },
                Kind.Label => example with { Input = ExampleInput.None.Instance },
                Kind.Both => example,
                _ => null,
            });
            model[id] = kind switch
            {
                Kind.Unlabeled => (variant, knownLabel),
                Kind.Label => (knownVariant, label),
                Kind.Both => (variant, label),
                _ => (null, null),
            };
        }

        TakeIn(ranker, LabelMode.Mixed, size, stream, keys);
        var learned = model.Where(m => m.Value is { Variant: not null, Label: not null }).ToList();
        var trained = learned.Where(m => !HeldOut.Contains(ExampleKey.Of(m.Key))).ToList();
        Assert.Equal(trained.Where(m => m.Value.Label == 0).Select(m => m.Key).Order(), ranker.Inspection.Hardest(100).Select(c => c.Id).Order());
        Assert.Equal(trained.Count(m => m.Value.Label == 1), ranker.Status().PositivesKept);
        using var rows = new RowBuffer();
        ranker.CopyHeldOut(rows);
        var heldOut = learned.Where(m => HeldOut.Contains(ExampleKey.Of(m.Key))).ToList();
        Assert.Equal(heldOut.Select(m => ((float)m.Value.Variant!, m.Value.Label!.Value)).Order(), Enumerable.Range(0, rows.Count).Select(row => (BitConverter.ToSingle(rows.Payload(row)), rows.Labels[row])).Order());
        Assert.Equal(records.Length, Assert.Single(ranker.Status().Positions).NextOffset);
    }

    private static Example Unlabeled(string id) => Stream.Of(id, 0, 1, 2, 3, 4) with { Target = Target.None.Instance };

    private static Example Label(string id, int label) => Stream.Of(id, label, 0) with { Input = ExampleInput.None.Instance };

    private static Ranker NewRanker(TemporaryFolder folder, LabelsOptions labels, long maxScoreAge = 0, double rescoredShare = 1)
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Limiter.MinExamples = 0;
        options.Scoring.MaxScoreAge = maxScoreAge;
        options.Scoring.RescoredShare = rescoredShare;
        var joiner = new LabelJoiner(Stream.Task, WaitingStore.Create(folder["state"], labels, negativeClass: 0), labels, TimeProvider.System);
        return new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()), joiner);
    }

    private static void TakeIn(Ranker ranker, LabelMode mode, int size, List<Example?> stream, List<string>? keys = null, long from = 0, int seconds = 0, float[]? outputs = null)
    {
        var chunk = new RecordChunk();
        for (var i = 0; i < stream.Count; i++)
        {
            var (key, value) = (chunk.Store(System.Text.Encoding.UTF8.GetBytes(keys?[i] ?? stream[i]!.Id)), stream[i] is { } example ? chunk.Store(ExampleEncoder.ToProtobuf(example)) : ByteRange.Null);
            chunk.Add(new RawRecord(Stream.Topic, 0, from + i, 1_000_000L + (1_000L * seconds), key, value, WireFormat.Protobuf, 0, default));
        }

        var deadLetters = new MemoryDeadLetters();
        var options = new PipelineOptions();
        var budget = new MiningBudget(options.ToBudgetSettings());
        using var batcher = new Batcher(
            Stream.Task, new ExampleDecoder(new WireLimits(), labels: mode), deadLetters, size, mode == LabelMode.Mixed ? HeldOut : new HeldOutSplit(0), budget, new BatcherState(0, new Xoshiro256StarStar(1).Save()), new ExpectedOffsets([]),
            new PoisonRecordBisection(() => BisectionPlan.Plain), keepsOrder: true);
        batcher.Load(chunk);
        while (batcher.Next() is { } batch)
            TakeIn(ranker, batch, outputs);
        if (batcher.EndBatch() is { } rest)
            TakeIn(ranker, rest, outputs);
        Assert.Empty(deadLetters.All);
    }

    private static void TakeIn(Ranker ranker, ExampleBatch batch, float[]? outputs)
    {
        using (batch)
        {
            if (batch.UnlabeledSources.Count > 0)
                batch.Predictions = new BatchPredictions(outputs ?? [.. batch.UnlabeledSources.Select(_ => 0.5f)], 1, 7, null);
            if (batch.ToScore.Count > 0)
            {
                batch.Scores = new BatchScores(batch.ToScore.Count, 1, 0);
                batch.Scores.Hardness.Fill(0.5f);
                batch.Scores.Outputs.Fill(0.5f);
            }

            ranker.TakeIn(batch);
        }
    }
}

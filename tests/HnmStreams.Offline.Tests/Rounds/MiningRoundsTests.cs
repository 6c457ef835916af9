using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Offline.Rounds;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Offline.Tests.Rounds;

public sealed class MiningRoundsTests : IDisposable
{
    private const int Groups = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-rounds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mines_the_same_band_of_scored_examples_as_sorting_by_score()
    {
        var mine = new MineOptions { Folder = Path.Combine(_folder, "a"), Rounds = 1, WarmupSteps = 200, Steps = 0, RangeMin = 7, HardSet = 40, RelativeMargin = 0.3f };
        using var set = Scored(mine);
        var report = Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));

        var scores = ScoresOf(set);
        var positives = set.Store.Positives.Select(p => scores[p]).Order().ToArray();
        var max = positives[positives.Length / 2] * 0.7f;
        var negatives = Enumerable.Range(0, set.Store.Count).Except(set.Store.Positives).ToArray();
        var expected = negatives.Where(n => scores[n] <= max).OrderByDescending(n => scores[n]).ThenBy(n => n).Skip(7).Take(40).ToArray();
        using var mined = set.Rounds.Mined(1);
        Assert.Equal(expected, Enumerable.Range(0, mined.Count).Select(i => Assert.Single(mined[i].Negatives).Row));
        var suspected = negatives.Count(n => scores[n] > max);
        Assert.True(suspected > 0);
        Assert.Equal((negatives.Length, suspected, 40), (report.Counts.Ranked, report.Counts.Suspected, report.Counts.Mined));
        Assert.Equal(suspected, File.ReadLines(set.Rounds.SuspectsPath(1)).Count());
        Assert.Equal(0, report.Steps);
        Assert.Equal(report.Before, report.After);
    }

    [Fact]
    public void Mines_embeddings_of_other_groups_that_score_below_the_positive()
    {
        var mine = new MineOptions { Folder = Path.Combine(_folder, "a"), Rounds = 1, WarmupSteps = 30, Steps = 0, RangeMin = 1, RangeMax = 9, Negatives = 3, Positives = 2, RelativeMargin = 0.1f, Sampling = MineSampling.Top };
        using var set = Embedded(mine);
        var report = Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));

        var embeddings = EmbeddingsOf(set);
        using var mined = set.Rounds.Mined(1);
        Assert.Equal(mined.Negatives, report.Counts.Mined);
        Assert.True(mined.Count > set.Store.Count / 2);
        var suspected = 0L;
        for (var i = 0; i < mined.Count; i++)
        {
            var entry = mined[i];
            Assert.Equal(2, entry.Positives.Count);
            Assert.All(entry.Positives, p => Assert.True(p.Row != entry.Anchor && set.Store.LabelOf(p.Row) == set.Store.LabelOf(entry.Anchor)));
            var scores = Enumerable.Range(0, set.Store.Count).Select(c => Dot(embeddings[entry.Anchor], embeddings[c])).ToArray();
            var lowest = entry.Positives.Min(p => scores[p.Row]);
            var max = lowest - (0.1f * Math.Abs(lowest));
            var others = Enumerable.Range(0, scores.Length).Where(c => set.Store.LabelOf(c) != set.Store.LabelOf(entry.Anchor)).ToArray();
            var expected = others.Select(c => scores[c]).Where(s => s <= max).OrderDescending().Skip(1).Take(3).ToArray();
            Assert.Equal(expected, entry.Negatives.Select(n => n.Score), (a, b) => Math.Abs(a - b) < 1e-4f);
            Assert.All(entry.Negatives, n => Assert.Equal(scores[n.Row], n.Score, 1e-4f));
            suspected += others.Count(c => scores[c] > max);
        }

        // Anchors without remaining negatives are not in the set, but their suspected positives are counted.
        Assert.InRange(report.Counts.Suspected, suspected - 5, long.MaxValue);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_stopped_between_or_within_rounds_resumes_to_the_same_weights(bool embeds)
    {
        MineOptions Mine(string name, int rounds) => new() { Folder = Path.Combine(_folder, name), Rounds = rounds, WarmupSteps = 20, HardSet = 64, Steps = 6 };
        Set Open(MineOptions mine) => embeds ? Embedded(mine) : Scored(mine);

        string uninterrupted, resumed;
        using (var set = Open(Mine("uninterrupted", 3)))
        {
            Assert.Equal(3, set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken).Count());
            uninterrupted = Weights(set);
        }

        using (var set = Open(Mine("resumed", 1)))
            Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        // Stopped within the second round, which is then repeated.
        using (var set = Open(Mine("resumed", 3)))
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => set.Rounds.Run(p => { if (p.Stage == "train") stop.Cancel(); }, stop.Token).Count());
        }

        using (var set = Open(Mine("resumed", 3)))
        {
            Assert.Single(set.Rounds.Done);
            var remaining = set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken).ToArray();
            Assert.Equal([2, 3], remaining.Select(r => r.Round));
            Assert.All(remaining, r => Assert.InRange(r.New!.Value, 0, 1));
            resumed = Weights(set);
        }

        Assert.Equal(uninterrupted, resumed);
    }

    [Fact]
    public void A_teacher_holds_back_negatives_that_it_calls_positives_and_they_are_listed()
    {
        using var teacher = new TeacherFolder();
        // One positive in six is labeled negative.
        var examples = Stream.Examples(3_000).Select((e, i) => i % 6 == 0 && e.Target is Target.ClassIndex { Index: 1 } ? e with { Id = $"wrong-{i}", Target = new Target.ClassIndex(0) } : e).ToArray();
        var mine = new MineOptions { Folder = Path.Combine(_folder, "a"), Rounds = 1, WarmupSteps = 200, Steps = 0, HardSet = 150, RangeMin = 0, MaxScore = 1 };
        using var set = new Set(teacher.Task(), embeds: false, mine, examples);
        var report = Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        using var mined = set.Rounds.Mined(1);
        // Negatives that the model scores below one half are not checked.
        var hard = Enumerable.Range(0, mined.Count).Select(i => Assert.Single(mined[i].Negatives)).Where(static n => n.Score > 0.5f).Select(n => set.Store.Read(n.Row).Id).ToArray();
        Assert.NotEmpty(hard);
        Assert.DoesNotContain(hard, static id => id.StartsWith("wrong-", StringComparison.Ordinal));
        var lines = File.ReadLines(set.Rounds.SuspectsPath(1)).Where(static line => line.Contains("\"teacher\":", StringComparison.Ordinal)).ToArray();
        Assert.InRange(lines.Length, 10, 100);
        Assert.Equal(lines.Length, report.Counts.Refuted);
        Assert.All(lines, static line => Assert.Contains("\"id\":\"wrong-", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MineSampling.Top)]
    [InlineData(MineSampling.Random)]
    public void A_cross_encoder_replaces_negatives_that_it_finds_relevant_and_they_are_listed(MineSampling sampling)
    {
        using var topics = new TopicFolder();
        MineOptions Options(string folder) => new() { Folder = Path.Combine(_folder, folder), Rounds = 1, WarmupSteps = 60, Steps = 0, RangeMin = 0, RangeMax = 40, Negatives = 4, MaxScore = 1, Sampling = sampling, SuspectsListed = 100_000 };
        using var without = new Set(topics.Task(static o => o.Teacher.File = null), embeds: true, Options("without"), TopicFolder.Examples(400));
        using var with = new Set(topics.Task(), embeds: true, Options("with"), TopicFolder.Examples(400));
        var before = Assert.Single(without.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        var after = Assert.Single(with.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        Assert.True(FalseNegativesOf(without) > 20);
        Assert.Equal(0, FalseNegativesOf(with));
        Assert.Equal(before.Counts.Mined, after.Counts.Mined);
        var lines = File.ReadLines(with.Rounds.SuspectsPath(1)).Where(static line => line.Contains("\"teacher\":", StringComparison.Ordinal)).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(after.Counts.Refuted, lines.Length);
        Assert.All(lines, static line => Assert.Equal(TopicFolder.TopicOf(line.GetProperty("anchor").GetString()!), TopicFolder.TopicOf(line.GetProperty("id").GetString()!)));

        static int FalseNegativesOf(Set set)
        {
            using var mined = set.Rounds.Mined(1);
            return Enumerable.Range(0, mined.Count).Sum(i => mined[i].Negatives.Count(n => TopicFolder.TopicOf(set.Store.Read(mined[i].Anchor).Id) == TopicFolder.TopicOf(set.Store.Read(n.Row).Id)));
        }
    }

    [Fact]
    public void A_second_model_removes_negatives_above_its_own_bound()
    {
        var mine = new MineOptions { Folder = Path.Combine(_folder, "first"), Rounds = 1, WarmupSteps = 300, Steps = 0 };
        var checker = Path.Combine(_folder, "checker.safetensors");
        using (var set = Scored(mine, seed: 2))
        {
            Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
            using var model = set.Rounds.Model();
            SafetensorsFile.Write(checker, model.Tensors);
        }

        using var second = Scored(new MineOptions { Folder = Path.Combine(_folder, "second"), Rounds = 1, WarmupSteps = 150, Steps = 0, HardSet = 2_000, RelativeMargin = 0.5f, Checker = checker });
        var report = Assert.Single(second.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        Assert.True(report.Counts.Refuted > 0);
        using var mined = second.Rounds.Mined(1);
        using var replica = new ScoringReplica(Stream.Task, TorchSharp.torch.CPU, 1);
        using (var snapshot = new ModelSnapshot(0, SafetensorsFile.Read(checker)))
            replica.Adopt(snapshot);
        var scores = ScoresOf(second, replica);
        var positives = second.Store.Positives.Select(p => scores[p]).Order().ToArray();
        for (var i = 0; i < mined.Count; i++)
            Assert.True(scores[mined[i].Negatives[0].Row] <= (0.5f * positives[positives.Length / 2]) + 1e-5f);
    }

    [Fact]
    public void Rejects_the_state_of_other_settings_unless_it_is_discarded()
    {
        MineOptions Mine(int hardSet, bool fresh = false) => new() { Folder = Path.Combine(_folder, "a"), Rounds = 1, WarmupSteps = 1, Steps = 1, HardSet = hardSet, Fresh = fresh };
        using (var set = Scored(Mine(10)))
            Assert.Single(set.Rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        var e = Assert.Throws<InvalidOperationException>(() => Scored(Mine(20)).Dispose());
        Assert.Contains("--fresh", e.Message, StringComparison.Ordinal);
        using var discarded = Scored(Mine(20, fresh: true));
        Assert.Empty(discarded.Rounds.Done);
    }

    [Fact]
    public void Rejects_embeddings_if_no_group_has_two_members()
    {
        var e = Assert.Throws<InvalidOperationException>(() => Embedded(new MineOptions { Folder = Path.Combine(_folder, "a") }, count: Groups).Dispose());
        Assert.Contains("no group has two members", e.Message, StringComparison.Ordinal);
    }

    private static Set Scored(MineOptions mine, ulong seed = 1) => new(Stream.Task, embeds: false, mine, Stream.Examples(3_000), seed);

    private static Set Embedded(MineOptions mine, int count = 300) => new(new EmbeddedPoints(), embeds: true, mine, EmbeddedPoints.Examples(count, Groups));

    private static float[] ScoresOf(Set set, ScoringReplica? given = null)
    {
        using var trained = given is null ? set.Replica() : null;
        using var rows = new RowBuffer();
        for (var i = 0; i < set.Store.Count; i++)
            set.Store.Read(i, rows);
        var (outputs, hardness) = (new float[rows.Count], new float[rows.Count]);
        (given ?? trained!).Score(rows, [.. Enumerable.Range(0, rows.Count)], outputs, hardness);
        // The probability of the logit.
        return [.. outputs.Select(z => 1 / (1 + MathF.Exp(-z)))];
    }

    private static float[][] EmbeddingsOf(Set set)
    {
        using var replica = set.Replica();
        using var rows = new RowBuffer();
        for (var i = 0; i < set.Store.Count; i++)
            set.Store.Read(i, rows);
        var outputs = new float[rows.Count * set.Task.OutputWidth];
        replica.Score(rows, [.. Enumerable.Range(0, rows.Count)], outputs, new float[rows.Count]);
        return [.. outputs.Chunk(set.Task.OutputWidth).Select(v =>
        {
            var length = MathF.Sqrt(v.Sum(x => x * x));
            return v.Select(x => x / length).ToArray();
        })];
    }

    private static float Dot(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static string Weights(Set set)
    {
        using var model = set.Rounds.Model();
        return string.Join(' ', model.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Convert.ToHexString(t.Value.contiguous().bytes)));
    }

    private sealed class Set : IDisposable
    {
        private readonly RowBuffer _test;

        public Set(IMiningTask task, bool embeds, MineOptions mine, IEnumerable<Example> examples, ulong seed = 1)
        {
            Task = task;
            Store = new ExampleStore(Path.Combine(mine.Folder, "store"), task, new WireLimits());
            _test = DataSplit.Fill(task, Store, StoreRecord.Of(examples), testSet: null, mine, new EvaluationOptions { HeldOutShare = embeds ? 0 : 0.1 }, CancellationToken.None);
            try
            {
                Rounds = new MiningRounds(task, embeds, new PipelineOptions { Seed = seed, Compute = { Threads = 1 }, Training = { LearningRate = 0.02 } }, mine, Store, _test, null, TimeProvider.System);
            }
            catch
            {
                Store.Dispose();
                throw;
            }
        }

        public IMiningTask Task { get; }

        public ExampleStore Store { get; }

        public MiningRounds Rounds { get; }

        public ScoringReplica Replica()
        {
            var replica = new ScoringReplica(Task, TorchSharp.torch.CPU, 1);
            using var model = Rounds.Model();
            replica.Adopt(model);
            return replica;
        }

        public void Dispose()
        {
            Rounds.Dispose();
            _test.Dispose();
            Store.Dispose();
        }
    }
}

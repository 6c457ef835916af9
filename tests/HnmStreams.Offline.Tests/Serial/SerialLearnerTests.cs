using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Offline.Serial;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Offline.Tests.Serial;

public sealed class SerialLearnerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Size = 64;
    private const int Length = 50 * Size;

    private readonly ActorSystem _actors = ActorSystem.Create("serial");
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-serial-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Matches_exact_mode_without_overlap()
    {
        using var test = Test();
        using var learner = new SerialLearner(Stream.Task, Options(), TimeProvider.System);
        foreach (var batch in Stream.Examples(Length).Chunk(Size))
            learner.Learn(batch);
        await using var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, Options());
        run.Send([.. Stream.Examples(Length)], 0, Length, 100);
        await run.EndAsync().WaitAsync(TestContext.Current.CancellationToken);
        var service = run.Pipeline.Status;
        Assert.Equal((service.Ranking.Stream.Consumed, service.Ranking.Stream.Scored, service.Training.TrainedRows), (learner.Consumed, learner.Ranking.Stream.Scored, learner.LossTerms));

        var saved = (await run.Pipeline.SaveModelAsync(_folder, TestContext.Current.CancellationToken)).Folder;
        var weights = Torch.Snapshots.SafetensorsFile.Read(Path.Combine(saved, "model.safetensors"));
        using var replica = new Torch.Replicas.ScoringReplica(Stream.Task, TorchSharp.torch.CPU, 1);
        using (var snapshot = new Torch.Snapshots.ModelSnapshot(1, weights))
            replica.Adopt(snapshot);
        Assert.Equal(RowOutputs.Measure(Stream.Task, replica, test), learner.Measure(test));
    }

    [Fact]
    public void Mining_needs_fewer_trained_rows_than_uniform_training()
    {
        using var test = Test();
        using var mined = new SerialLearner(Stream.Task, Options(), TimeProvider.System);
        using var uniform = new UniformLearner(Stream.Task, Options(), 32, TimeProvider.System);
        foreach (var batch in Stream.Examples(Length).Chunk(Size))
        {
            mined.Learn(batch);
            uniform.Learn(batch);
        }

        var (mining, uniformly) = (mined.Measure(test)["averagePrecision"], uniform.Measure(test)["averagePrecision"]);
        output.WriteLine($"mined {mining:F3} from {mined.LossTerms}, uniform {uniformly:F3} from {uniform.LossTerms}");
        Assert.Equal(Length, uniform.LossTerms);
        Assert.True(mined.LossTerms < uniform.LossTerms);
        Assert.InRange(mining, 0.8, 1);
        Assert.InRange(uniformly, 0.8, 1);
    }

    [Fact]
    public void Labels_that_come_later_are_learned_without_scoring_for_mining()
    {
        var examples = Stream.Examples(Length).ToList();
        var options = Options();
        options.Scoring.MaxScoreAge = 0;
        using var test = Test();
        using var learner = new SerialLearner(Stream.Task, options, TimeProvider.System, labels: new LabelsOptions { Mode = LabelMode.Later });
        // Each label comes 500 inputs after its input.
        var stream = examples.Select((e, i) => (At: i, e with { Target = Target.None.Instance }))
            .Concat(examples.Select((e, i) => (At: i + 500, e with { Input = ExampleInput.None.Instance })));
        foreach (var batch in stream.OrderBy(e => e.At).Select(e => e.Item2).Chunk(Size))
            learner.Learn(batch);
        var labels = learner.Ranking.Labels!;
        Assert.Equal((Length, Length, 0L, 0L), (learner.Consumed, labels.Joined, labels.WaitingInputs, labels.WaitingLabels));
        Assert.Equal(0, learner.ScoringSeconds);
        Assert.True(learner.PredictingSeconds > 0 && learner.RankingSeconds > 0);
        Assert.True(learner.Ranking.Pool.Count > 0);
        Assert.InRange(learner.Measure(test)["averagePrecision"], 0.8, 1);
    }

    /// <summary>From the middle of the stream, all labels except the held-out ones are inverted, so that the model degrades.</summary>
    [Fact]
    public void Serves_the_best_version_and_backs_off_mining_when_the_model_degrades()
    {
        using var test = Test();
        using var gated = new SerialLearner(Stream.Task, Gated(gate: true), TimeProvider.System);
        using var newest = new SerialLearner(Stream.Task, Gated(gate: false), TimeProvider.System);
        var heldOut = new HeldOutSplit(0.2);
        var examples = Stream.Examples(Length).ToArray();
        var inverted = examples.Select(e => heldOut.Contains(ExampleKey.Of(e.Id)) ? e : e with { Target = new Target.ClassIndex(1 - ((Target.ClassIndex)e.Target).Index) });
        foreach (var batch in examples.Concat(inverted).Chunk(Size))
        {
            gated.Learn(batch);
            newest.Learn(batch);
        }

        var (promoted, last) = (gated.Measure(test)["averagePrecision"], newest.Measure(test)["averagePrecision"]);
        output.WriteLine($"promoted {promoted:F3}, newest {last:F3}; {gated.OverfittingGuard.Last}");
        Assert.InRange(promoted, 0.8, 1);
        Assert.InRange(last, 0, promoted / 2);
        Assert.InRange(gated.OverfittingGuard.Last!.BackoffLevel, 1, 3);
        Assert.True(gated.OverfittingGuard.Last.HardShare < 0.5);
        Assert.Null(newest.OverfittingGuard.Last);
    }

    [Fact(Timeout = 120_000)]
    public async Task Matches_exact_mode_on_a_task_with_groups()
    {
        const int batch = 40;
        var examples = People.Examples(90 * batch).ToArray();
        var options = Options();
        options.Batching.Size = batch;
        options.Pool.Count = 100;
        // One model version per step: the service publishes after the steps of a mini-batch.
        (options.Limiter.ExamplesPerStep, options.Limiter.MinExamples) = (batch, 2 * batch);
        options.Evaluation.HeldOutShare = 0.3;
        // The serial learner has a promotion gate and an overfitting guard; the service in exact mode has neither.
        options.Publishing.Gate = false;
        using var learner = new SerialLearner(People.Task(), options, TimeProvider.System);
        foreach (var part in examples.Chunk(batch))
            learner.Learn(part);
        await using var run = await DurableRun.StartAsync(_actors, _folder, People.Task(), options);
        run.Send(examples, 0, examples.Length);
        await run.EndAsync().WaitAsync(TestContext.Current.CancellationToken);
        var status = run.Pipeline.Status.Ranking;
        var serial = learner.Ranking;
        Assert.Equal((status.Stream.Scored, status.Pool), (serial.Stream.Scored, serial.Pool));
        Assert.Equal((status.Index!.Kept, status.Index.Embedded, status.MiningAllowed), (serial.Index!.Kept, serial.Index.Embedded, serial.MiningAllowed));
        Assert.InRange(serial.Index.Embedded, 61, serial.Index.Kept);
    }

    private static PipelineOptions Gated(bool gate)
    {
        var options = Options();
        options.Evaluation.HeldOutShare = 0.2;
        (options.Publishing.Gate, options.Publishing.PromoteEveryVersions) = (gate, 8);
        return options;
    }

    private static RowBuffer Test()
    {
        var rows = new RowBuffer();
        foreach (var example in Stream.Examples(2_000, seed: 2))
            Assert.Null(Stream.Task.Encode(example, rows));
        return rows;
    }

    private static PipelineOptions Options() => new()
    {
        Mode = "exact",
        Overlap = 0,
        Device = "cpu",
        Seed = 5,
        Scoring = { Count = 1 },
        Batching = { Size = Size },
        Limiter = { ExamplesPerStep = Size, MinExamples = Size },
        Publishing = { EverySteps = 1 },
        Training = { LearningRate = 1e-2 },
        Evaluation = { HeldOutShare = 0 },
    };
}

using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of the complete graph with real scorers and a real trainer. The records come from memory.</summary>
public sealed class MiningPipelineTests : IAsyncLifetime
{
    private readonly ActorSystem _actors = ActorSystem.Create("test");
    private readonly MemoryDeadLetters _deadLetters = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _actors.Terminate();

    [Fact(Timeout = 120_000)]
    public async Task Consumes_all_records_learns_and_reports_its_status()
    {
        await using var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(20_000))), Options());
        await pipeline.Completion;
        var report = await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);

        var status = pipeline.Status;
        Assert.Equal(20_000, status.Ranking.Stream.Consumed);
        Assert.Equal(status.Ranking.Stream.Consumed, status.Ranking.Stream.Scored + status.Ranking.Stream.HeldOut);
        Assert.Equal([new StreamPosition(Stream.Topic, 0, 20_000)], _deadLetters.Positions);
        // One step per 50 examples and no skipped steps. The last steps run after the end of the stream.
        Assert.Equal(20_000 / 50, status.Training.Steps);
        Assert.InRange(status.Training.TrainedRows, status.Training.Steps * 12, status.Training.Steps * 16);
        Assert.Equal(status.Training.Steps / 4, status.Training.ModelVersion);
        Assert.True(status.Ranking.MiningAllowed);
        // One example in ten is positive, so an untrained model has an average precision of about 0.1.
        Assert.True(report.HeldOut["averagePrecision"] > 0.8, $"held-out {report.HeldOut["averagePrecision"]}");
        Assert.Equal(status.Training.ModelVersion, report.ModelVersion);
        var hardest = await pipeline.Questions.HardestAsync(5, TestContext.Current.CancellationToken);
        Assert.Equal(5, hardest.Count);
        Assert.Equal(hardest.OrderByDescending(h => h.Pool!.Hardness), hardest);

        var why = await pipeline.Questions.ExplainAsync(hardest[0].Id, 0, TestContext.Current.CancellationToken);
        Assert.Equal((hardest[0].Id, status.Training.ModelVersion), (why!.Candidate.Id, why.ModelVersion));
        Assert.Equal((6, 6), (why.NearestPositives.Count, why.NearestNegatives.Count));
        Assert.All(why.NearestPositives, near => Assert.Equal(1, near.Label));
        Assert.Equal(why.NearestNegatives.OrderByDescending(n => n.Similarity), why.NearestNegatives);
        // For the model, the hardest negative is similar to positives.
        Assert.True(why.NearestPositives[0].Similarity > 0.9, $"{why.NearestPositives[0].Similarity}");
        Assert.Null(await pipeline.Questions.ExplainAsync("never-seen", 0, TestContext.Current.CancellationToken));
        var histogram = await pipeline.Questions.HistogramAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status.Ranking.Pool.Count, histogram.Count);
        var batches = await pipeline.Questions.BatchesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status.Training.Steps, batches[0].Step);
    }

    [Fact(Timeout = 120_000)]
    public async Task Candidates_whose_score_has_aged_are_scored_again_by_an_idle_scorer()
    {
        var options = Options();
        // Two scorers: one of them is idle while the ranking stage has a batch, whatever the speed of the machine.
        (options.Scoring.MaxPoolAge, options.Scoring.Count, options.Batching.Linger) = (1, 2, TimeSpan.FromMilliseconds(10));
        var feed = Channel.CreateUnbounded<RecordChunk>();
        await using var pipeline = await StartAsync(Stream.Task, feed.Reader, options);
        var offset = 0L;
        var start = TimeProvider.System.GetTimestamp();
        foreach (var example in Stream.Examples(1_000_000))
        {
            var chunk = new RecordChunk(1);
            Stream.Append(chunk, offset++, example.Id, ExampleEncoder.ToProtobuf(example));
            feed.Writer.TryWrite(chunk);
            // One batch at a time, so that no batch waits for a scorer.
            if (offset % 100 != 0)
                continue;
            while (pipeline.Status.Ranking.Stream.Consumed < offset)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1.5), $"not reached: {pipeline.Status}");
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            if (pipeline.Status.Ranking.Rescoring is { Refreshed: > 0 })
                break;
        }

        feed.Writer.Complete();
        await pipeline.Completion;
        Assert.True(pipeline.Status.Ranking.Rescoring!.Refreshed > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_number_of_examples_per_step_follows_from_the_measured_costs()
    {
        var options = Options();
        (options.MiningBudget.BalanceSteps, options.Evaluation.Interval) = (true, TimeSpan.FromMilliseconds(100));
        var feed = Channel.CreateUnbounded<RecordChunk>();
        await using var pipeline = await StartAsync(Stream.Task, feed.Reader, options);
        var start = TimeProvider.System.GetTimestamp();
        var offset = 0L;
        foreach (var chunk in Stream.Chunks(Stream.Examples(2_000_000)))
        {
            offset += chunk.Count;
            feed.Writer.TryWrite(chunk);
            while (pipeline.Status.Ranking.Stream.Consumed < offset - 500)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1.5), $"not reached: {pipeline.Status}");
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            if (pipeline.Status.StepBalance is not null)
                break;
        }

        feed.Writer.Complete();
        await pipeline.Completion;
        // 4 to 16 scored examples per trained row, at 16 rows per step.
        Assert.InRange(pipeline.Status.StepBalance!.ExamplesPerStep, 64, 256);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_scorer_that_fails_once_loses_no_example()
    {
        var scorings = 0;
        var task = new FaultyTask(Stream.Task, _ =>
        {
            if (Interlocked.Increment(ref scorings) is 3 or 9)
                throw new InvalidOperationException("broken scorer");
        });
        // No training, which would also call collate.
        var options = Options();
        options.Limiter.MinExamples = 1_000_000;
        await using var pipeline = await StartAsync(task, Stream.Feed(Stream.Chunks(Stream.Examples(2_000))), options);
        await pipeline.Completion;
        Assert.Equal((2_000, 0), (pipeline.Status.Ranking.Stream.Consumed, pipeline.Status.Ranking.Stream.FailedBatches));
        Assert.Equal(pipeline.Status.Ranking.Stream.Consumed, pipeline.Status.Ranking.Stream.Scored + pipeline.Status.Ranking.Stream.HeldOut);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_batch_that_cannot_be_scored_continues_as_failed_in_order()
    {
        // Row buffers are pooled, so the poison record is recognized by its content.
        var task = new FaultyTask(Stream.Task, rows =>
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (BitConverter.ToSingle(rows.Payload(row)) > 99)
                    throw new InvalidOperationException("poison record");
            }
        });
        var options = Options();
        options.Limiter.MinExamples = 1_000_000;
        options.Evaluation.HeldOutShare = 0;
        var examples = Stream.Examples(1_000).ToList();
        examples[500] = Stream.Of("poison", 0, 100, 0, 0, 0);
        await using var pipeline = await StartAsync(task, Stream.Feed(Stream.Chunks(examples)), options);
        await pipeline.Completion;
        Assert.Equal((1_000L, 1L), (pipeline.Status.Ranking.Stream.Consumed, pipeline.Status.Ranking.Stream.FailedBatches));
        Assert.Equal(1_000 - options.Batching.Size, pipeline.Status.Ranking.Stream.Scored);
        Assert.Equal(1_000, _deadLetters.Positions.Single().NextOffset);
    }

    [Fact(Timeout = 120_000)]
    public async Task Batches_are_halved_if_the_device_runs_out_of_memory()
    {
        var expected = await RunAsync(Stream.Task);
        // The message of libtorch if a GPU is out of memory. This simulated device has memory for ten rows.
        var halved = await RunAsync(new FaultyTask(Stream.Task, passes: rows =>
        {
            if (rows > 10)
                throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB.");
        }));
        Assert.Equal((expected.Ranking.Stream.Consumed, expected.Ranking.Stream.Scored, 0L), (halved.Ranking.Stream.Consumed, halved.Ranking.Stream.Scored, halved.Ranking.Stream.FailedBatches));
        Assert.Equal(expected.Training.TrainedRows, halved.Training.TrainedRows);
        // Each batch of 11 to 16 rows is split into two steps.
        Assert.Equal((2 * expected.Training.Steps, 0L), (halved.Training.Steps, halved.Training.RefusedSteps));

        async Task<PipelineStatus> RunAsync(IMiningTask task)
        {
            var options = Options();
            options.Mode = "exact";
            options.Evaluation.HeldOutShare = 0;
            await using var pipeline = await StartAsync(task, Stream.Feed(Stream.Chunks(Stream.Examples(4_000))), options);
            await pipeline.Completion;
            return pipeline.Status;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_trainer_ends_the_learner()
    {
        var task = new FaultyTask(Stream.Task, rows =>
        {
            // Only training batches have at most 16 rows.
            if (rows.Count <= 16)
                throw new InvalidOperationException("broken trainer");
        });
        var feed = Channel.CreateUnbounded<RecordChunk>();
        foreach (var chunk in Stream.Chunks(Stream.Examples(2_000)))
            await feed.Writer.WriteAsync(chunk, TestContext.Current.CancellationToken);
        await using var pipeline = await StartAsync(task, feed.Reader, Options());
        var error = await Assert.ThrowsAnyAsync<Exception>(() => pipeline.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("trainer", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_incomplete_batch_is_cut_after_the_linger_time()
    {
        var feed = Channel.CreateUnbounded<RecordChunk>();
        await using var pipeline = await StartAsync(Stream.Task, feed.Reader, Options());
        foreach (var chunk in Stream.Chunks(Stream.Examples(7)))
            await feed.Writer.WriteAsync(chunk, TestContext.Current.CancellationToken);
        // The stream stays open, so only the linger time can have ended the batch.
        while (pipeline.Status.Ranking.Stream.Consumed < 7)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        feed.Writer.Complete();
        await pipeline.Completion;
        Assert.Equal(7, pipeline.Status.Ranking.Stream.Consumed);
    }

    [Fact(Timeout = 120_000)]
    public async Task Draws_random_negatives_only_if_nothing_is_scored()
    {
        var options = Options();
        options.Scoring.Share = 0;
        await using var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(5_000))), options);
        await pipeline.Completion;
        Assert.Equal((0L, 0, 100L), (pipeline.Status.Ranking.Stream.Scored, pipeline.Status.Ranking.Pool.Count, pipeline.Status.Training.Steps));
    }

    [Fact(Timeout = 120_000)]
    public async Task Baselines_take_the_same_steps_and_extra_steps_for_the_cost_of_scoring()
    {
        var options = Options();
        options.Baselines.Enabled = true;
        options.Scoring.Share = 1;
        Assert.Null((await RunAsync(Options())).Baselines);
        var status = await RunAsync(options);
        var baselines = status.Baselines!;
        Assert.Equal("averagePrecision", baselines.Metric);
        Assert.Equal(status.Training.ModelVersion, baselines.ModelVersion);
        Assert.Equal((400L, 400L), (baselines.Mined.Steps, baselines.Random.Steps));
        Assert.Equal(baselines.Mined.TrainedRows, baselines.Random.TrainedRows);
        Assert.True(baselines.RandomEqualCompute.Steps > 400, baselines.ToString());
        Assert.True(baselines.Mined.ScoringSeconds > 0);
        Assert.Equal((0.0, 0.0), (baselines.Random.ScoringSeconds, baselines.RandomEqualCompute.ScoringSeconds));
        Assert.True(baselines.RandomEqualCompute.TrainingSeconds > 0);
        foreach (var (baseline, uplift) in new[] { (baselines.Random, baselines.AgainstRandom!), (baselines.RandomEqualCompute, baselines.AgainstEqualCompute!) })
        {
            Assert.True(baseline.HeldOut["averagePrecision"] > 0.5, baselines.ToString());
            Assert.Equal(baselines.Mined.HeldOut["averagePrecision"] - baseline.HeldOut["averagePrecision"], uplift.Mean, 9);
            Assert.True(uplift.Low < uplift.Mean && uplift.Mean < uplift.High, uplift.ToString());
        }

        Assert.Equal(baselines.Mined.Test!["averagePrecision"] - baselines.Random.Test!["averagePrecision"], baselines.AgainstRandomOnTest!.Mean, 9);

        async Task<PipelineStatus> RunAsync(PipelineOptions configured)
        {
            await using var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(20_000))), configured, test: [.. Stream.Examples(2_000, seed: 9)]);
            await pipeline.Completion;
            await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);
            return pipeline.Status;
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null)]
    [InlineData(0.5)]
    public async Task The_controller_sets_the_scored_share_unless_the_user_has(double? share)
    {
        var options = Options();
        options.Baselines.Enabled = true;
        options.Scoring.Share = share;
        await using var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(20_000))), options);
        await pipeline.Completion;
        Assert.Null(pipeline.Status.MiningBudget);
        await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);

        var (status, budget) = (pipeline.Status, pipeline.Status.MiningBudget!);
        Assert.Equal((share is not null, false), (budget.ScoredShareIsFixed, budget.HardShareIsFixed));
        Assert.NotEqual("", budget.Reason);
        if (share is not null)
        {
            Assert.Equal(share, budget.ScoredShare);
            return;
        }

        // One candidate per row: 16 of the 50 examples per step, from the point where the model beats chance until the first decision.
        Assert.InRange(status.Ranking.Stream.Scored, 0.15 * (status.Ranking.Stream.Consumed - status.Ranking.Stream.HeldOut), 0.36 * (status.Ranking.Stream.Consumed - status.Ranking.Stream.HeldOut));
        Assert.InRange(budget.CandidatesPerTrained, 0, options.MiningBudget.MaxCandidates);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_baseline_ends_the_learner()
    {
        var options = Options();
        options.Baselines.Enabled = true;
        var trainings = 0;
        var task = new FaultyTask(Stream.Task, collate: rows =>
        {
            if (rows.Count <= 16 && Environment.StackTrace.Contains("BaselineActor", StringComparison.Ordinal) && Interlocked.Increment(ref trainings) == 5)
                throw new InvalidOperationException("broken baseline");
        });
        await using var pipeline = await StartAsync(task, Stream.Feed(Stream.Chunks(Stream.Examples(2_000))), options);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => pipeline.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("broken baseline", error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_promoted_model_gives_the_same_scores_from_its_file_and_from_a_query()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hnm-{Guid.NewGuid():n}.safetensors");
        try
        {
            await using var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(20_000))), Options());
            await pipeline.Completion;
            await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);
            var models = pipeline.Questions.Models();
            Assert.True(models.Gated);
            var card = (await pipeline.Questions.WritePromotedAsync(path, cancellation: TestContext.Current.CancellationToken))!;
            Assert.Equal(models.Promoted!.Version, card.Version);
            Assert.InRange(card.Calibration!.ErrorAfter, 0, 0.1);
            var error = await Assert.ThrowsAsync<NotSupportedException>(() => pipeline.Questions.WritePromotedAsync(path + ".pt", "torchscript", TestContext.Current.CancellationToken));
            Assert.Contains("Export it as onnx", error.Message, StringComparison.Ordinal);

            var examples = Stream.Examples(20, seed: 4).ToArray();
            var scores = await pipeline.Questions.ScoreAsync([.. examples, Stream.Of("bad", 0, 1)], TestContext.Current.CancellationToken);
            Assert.Equal((card.Version, true), (scores.ModelVersion, scores.Promoted));
            Assert.Contains("4", scores.Items[20].Rejection, StringComparison.Ordinal);
            using var replica = new Torch.Replicas.ScoringReplica(Stream.Task, TorchSharp.torch.CPU, 1);
            using (var snapshot = new Torch.Snapshots.ModelSnapshot(1, Torch.Snapshots.SafetensorsFile.Read(path)))
                replica.Adopt(snapshot);
            using var rows = new Data.Rows.RowBuffer();
            foreach (var example in examples)
                Assert.Null(Stream.Task.Encode(example, rows));
            var (outputs, hardness) = (new float[20], new float[20]);
            replica.Score(rows, [.. Enumerable.Range(0, 20)], outputs, hardness);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(outputs[i], scores.Items[i].Outputs[0], 1e-5f);
                Assert.Equal(1 / (1 + Math.Exp(-outputs[i])), scores.Items[i].Probabilities![1], 1e-5);
                Assert.Equal(1 / (1 + Math.Exp(-((card.Calibration.Scale * outputs[i]) + card.Calibration.Offset))), scores.Items[i].Calibrated![1], 1e-5);
                Assert.Equal(1, scores.Items[i].Calibrated!.Sum(), 1e-12);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Continues_from_saved_weights()
    {
        var folder = Directory.CreateTempSubdirectory("hnm-").FullName;
        try
        {
            string saved;
            IReadOnlyDictionary<string, double> before;
            var test = Stream.Examples(2_000, seed: 9).ToList();
            var options = Options();
            options.Publishing.Gate = false;
            await using (var pipeline = await StartAsync(Stream.Task, Stream.Feed(Stream.Chunks(Stream.Examples(20_000))), options, test: test))
            {
                await pipeline.Completion;
                before = (await pipeline.EvaluateAsync(TestContext.Current.CancellationToken)).Test!;
                saved = (await pipeline.SaveModelAsync(folder, TestContext.Current.CancellationToken)).Folder;
            }

            Assert.True(File.Exists(Path.Combine(saved, "model.json")));
            await using var next = await StartAsync(Stream.Task, Stream.Feed([]), Options(), Path.Combine(saved, "model.safetensors"), test);
            await next.Completion;
            var after = (await next.EvaluateAsync(TestContext.Current.CancellationToken)).Test!;
            Assert.Equal(before["averagePrecision"], after["averagePrecision"], 6);
            Assert.True(after["averagePrecision"] > 0.8);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<MiningPipeline> StartAsync(
        IMiningTask task, ChannelReader<RecordChunk> records, PipelineOptions options, string? weights = null, IReadOnlyList<Example>? test = null) =>
        MiningPipeline.StartAsync(_actors, options, task, new PipelineInputs(records, _deadLetters, _deadLetters, new ExampleDecoder(new WireLimits()), weights, test), TimeProvider.System, NullLoggerFactory.Instance);

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinExamples = 0;
        options.Limiter.MaxDebtSteps = 1e6;
        options.Training.LearningRate = 1e-2;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        return options;
    }
}

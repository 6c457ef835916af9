using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Testing.Tensors;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of exact mode and of checkpoints with a frozen encoder, whose features are the payloads.</summary>
public sealed class ExactEncoderTests : IAsyncLifetime
{
    private const int Length = 3_000;

    private static readonly string[] Words = ["lost", "transfer", "rate", "why", "card", "pending", "top", "up"];

    // Texts repeat, so that a cache would have hits. The class follows from the first word.
    private static readonly IReadOnlyList<Example> Input =
    [
        .. Enumerable.Range(0, Length).Select(static i => new Example(
            $"e{i}", new Target.ClassIndex(i % 8 == 1 ? 1 : 0), new ExampleInput.Text($"{Words[i % 8]} {Words[i * 7 % 5]} {string.Join(' ', Words.Take(i * 31 % 7))}"))),
    ];

    private readonly ActorSystem _actors = ActorSystem.Create("encoder");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-encoder-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_root, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public Task A_killed_and_resumed_run_ends_with_the_same_bits() =>
        ResumedRun.AssertSameBitsAsync(_actors, _root, () => Task("float16"), Options, Input, [(900, 600)], static run =>
        {
            var status = run.Pipeline.Status;
            Assert.True(status is { Training.Steps: > 50, Ranking.Pool.Count: > 20, Ranking.Stream.HeldOut: > 0 }, status.ToString());
            return System.Threading.Tasks.Task.CompletedTask;
        });

    [Fact(Timeout = 120_000)]
    public async Task A_checkpoint_is_not_resumed_with_another_encoder()
    {
        var folder = Path.Combine(_root, "changed");
        await using (var run = await DurableRun.StartAsync(_actors, folder, Task("float16"), Options()))
        {
            run.Send(Input, 0, 500);
            await run.UntilAsync(static s => s.Ranking.Stream.Consumed >= 400);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        var error = await Assert.ThrowsAsync<IncompatibleSettingsException>(() => DurableRun.StartAsync(_actors, folder, Task("int8"), Options()));
        Assert.Contains("encoder must be 'text.pt", error.Message, StringComparison.Ordinal);
    }

    private IMiningTask Task(string storage)
    {
        var (model, vocabulary) = (Path.Combine(_root, "text.pt"), Path.Combine(_root, "vocab.txt"));
        if (!File.Exists(model))
        {
            string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Words];
            TorchScriptFile.WriteTokenEncoder(model, tokens.Length, 16);
            File.WriteAllLines(vocabulary, tokens);
        }

        var options = new TaskOptions();
        (options.Encoder.File, options.Encoder.Tokenizer, options.Encoder.Storage, options.Encoder.MaxTokens) = (model, vocabulary, storage, 16);
        return TaskCatalog.Create("text", options);
    }

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = "exact", Overlap = 1 };
        options.Scoring.Count = 2;
        options.Compute.Lanes = 2;
        options.Batching.Size = 40;
        options.Pool.Count = 100;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 20;
        options.Limiter.MinExamples = 80;
        options.Publishing.EverySteps = 1;
        options.Evaluation.HeldOutShare = 0.2;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}

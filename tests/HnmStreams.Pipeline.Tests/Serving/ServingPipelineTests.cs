using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Testing;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Serving;

/// <summary>Tests of serving without learning: the stream, requests, and a change of the version between them.</summary>
public sealed class ServingPipelineTests : IAsyncLifetime
{
    private readonly ActorSystem _actors = ActorSystem.Create("serving");
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryDeadLetters _deadLetters = new();
    private readonly MemoryPredictions _predictions = new();
    private readonly Channel<RecordChunk> _feed = Channel.CreateUnbounded<RecordChunk>();
    private readonly ServedFolder _models;
    private long _offset;

    public ServingPipelineTests() => _models = new ServedFolder(Stream.Task, _folder.Path, TimeProvider.System, NullLogger.Instance);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _models.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_stream_and_requests_agree_in_every_bit_for_each_version()
    {
        Save(version: 5, seed: 1);
        _models.Refresh();
        await using var pipeline = Start();
        var serving = pipeline.ServeAsync(Inputs());
        var inputs = Stream.Examples(107, seed: 5).Select(e => e with { Target = Target.None.Instance }).ToList();
        Send(inputs);
        await UntilAsync(() => pipeline.Status.Records.Predicted == 107);
        var first = await pipeline.Questions.ScoreAsync([.. inputs.Select(e => e with { Target = new Target.ClassIndex(0) })], TestContext.Current.CancellationToken);
        // The same number, as that of another run, but other weights.
        Save(version: 5, seed: 2, hours: 1);
        Assert.True(_models.Refresh());
        Send(inputs);
        _feed.Writer.Complete();
        await serving;
        var second = await pipeline.Questions.ScoreAsync([.. inputs.Select(e => e with { Target = new Target.ClassIndex(0) })], TestContext.Current.CancellationToken);

        Assert.Equal(inputs.Concat(inputs).Select(e => e.Id), _predictions.All.Select(p => p.Id));
        foreach (var (prediction, item) in _predictions.All.Zip(first.Items.Concat(second.Items)))
        {
            Assert.Equal(item.Outputs.Select(BitConverter.SingleToInt32Bits), prediction.Outputs.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(item.Probabilities, prediction.Probabilities);
        }

        Assert.NotEqual(first.Items[0].Outputs, second.Items[0].Outputs);
        Assert.Equal(214, pipeline.Status.Latency!.Total.Count);
        Assert.Equal(214, Assert.Single(_deadLetters.Positions).NextOffset);
    }

    [Fact(Timeout = 120_000)]
    public async Task Labels_and_labeled_examples_are_ignored_and_bad_records_become_dead_letters()
    {
        Save(version: 1, seed: 1);
        _models.Refresh();
        await using var pipeline = Start();
        var examples = Stream.Examples(30).ToList();
        Send(examples.Take(10));
        Send(examples.Skip(10).Take(10).Select(e => e with { Input = ExampleInput.None.Instance }));
        Send(examples.Skip(20).Select(e => e with { Target = Target.None.Instance }));
        var chunk = new RecordChunk();
        Stream.Append(chunk, _offset++, "broken", [0x0a, 0xff, 0xff]);
        Stream.Append(chunk, _offset++, "gone", null);
        _feed.Writer.TryWrite(chunk);
        _feed.Writer.Complete();
        await pipeline.ServeAsync(Inputs());
        Assert.Equal(new ServeCounts(Predicted: 10, Labeled: 10, Labels: 10, Tombstones: 1, Rejected: 1, Duplicates: 0), pipeline.Status.Records);
        Assert.Equal("malformed", Assert.Single(_deadLetters.All).Reason);
        Assert.Equal(32, Assert.Single(_deadLetters.Positions).NextOffset);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_stream_fails_without_a_model_and_passes_no_position()
    {
        await using var pipeline = Start();
        Send(Stream.Examples(3).Select(e => e with { Target = Target.None.Instance }));
        _feed.Writer.Complete();
        await Assert.ThrowsAnyAsync<Exception>(() => pipeline.ServeAsync(Inputs()));
        Assert.Empty(_deadLetters.Positions);
        await Assert.ThrowsAsync<NoModelException>(() => pipeline.Questions.ScoreAsync([.. Stream.Examples(1)], TestContext.Current.CancellationToken));
        Assert.Null(pipeline.Questions.Models().Promoted);
    }

    private ServingPipeline Start()
    {
        var options = new PipelineOptions { Device = "cpu" };
        options.Batching.Size = 50;
        return new ServingPipeline(_actors, options, Stream.Task, _models, TimeProvider.System, NullLogger.Instance);
    }

    private ServingInputs Inputs() => new(_feed.Reader, new ExampleDecoder(new WireLimits(), labels: LabelMode.Mixed), _deadLetters, _predictions, _deadLetters);

    private void Send(IEnumerable<Example> examples)
    {
        var chunk = new RecordChunk { ReadAt = TimeProvider.System.GetTimestamp() };
        foreach (var example in examples)
            Stream.Append(chunk, _offset++, example.Id, ExampleEncoder.ToProtobuf(example));
        _feed.Writer.TryWrite(chunk);
    }

    private void Save(long version, ulong seed, int hours = 0)
    {
        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, seed, threads: 1);
        using var current = learner.Current();
        using var snapshot = new ModelSnapshot(version, current.Tensors.ToDictionary(t => t.Key, t => t.Value.clone(), StringComparer.Ordinal));
        ModelFolder.Write(_folder.Path, snapshot, new ModelCard(Stream.Task.Name, version, DateTimeOffset.UnixEpoch.AddHours(hours), 1, 2, new Dictionary<string, double>(StringComparer.Ordinal), [], null, "The best so far."));
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}

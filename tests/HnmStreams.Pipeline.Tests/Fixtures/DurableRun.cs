using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>One run of a learner with a checkpoint folder. The records come from memory, starting at the position of the newest checkpoint.</summary>
internal sealed class DurableRun : IAsyncDisposable
{
    private readonly CheckpointStore _store;
    private readonly Channel<RecordChunk> _feed = Channel.CreateUnbounded<RecordChunk>();

    private DurableRun(CheckpointStore store, MiningPipeline pipeline, Channel<RecordChunk> feed, MemoryPositions positions, long from) =>
        (_store, Pipeline, _feed, Positions, From) = (store, pipeline, feed, positions, from);

    public MiningPipeline Pipeline { get; }

    public MemoryPositions Positions { get; }

    /// <summary>The first offset of this run.</summary>
    public long From { get; }

    public static async Task<DurableRun> StartAsync(ActorSystem actors, string folder, IMiningTask task, PipelineOptions options, MemoryDeadLetters? deadLetters = null, TimeProvider? time = null, ILoggerFactory? logs = null, LabelsOptions? labels = null, IPredictionSink? predictions = null, ILabelRequestSink? requests = null, CheckpointArchive? archive = null)
    {
        time ??= TimeProvider.System;
        var store = await CheckpointStore.OpenAsync(
            folder, options.Checkpointing, _ => { }, time, NullLogger.Instance, TestContext.Current.CancellationToken, archive);
        using var resume = store.Load();
        var feed = Channel.CreateUnbounded<RecordChunk>();
        var positions = new MemoryPositions();
        deadLetters ??= new MemoryDeadLetters();
        var pipeline = await MiningPipeline.StartAsync(
            actors,
            options,
            task,
            new PipelineInputs(feed.Reader, deadLetters, deadLetters, new ExampleDecoder(new WireLimits(), labels: labels?.Mode), Durable: new DurableState(store, positions, resume), Predictions: predictions, Labels: labels) { LabelRequests = requests },
            time,
            logs ?? NullLoggerFactory.Instance);
        return new DurableRun(store, pipeline, feed, positions, resume?.Positions.SingleOrDefault().NextOffset ?? 0);
    }

    /// <summary>Sends the examples at these offsets of the stream.</summary>
    public void Send(IReadOnlyList<Example> stream, long from, long to, int chunkSize = 100)
    {
        for (var offset = from; offset < to;)
        {
            var chunk = new RecordChunk(chunkSize);
            for (; offset < to && chunk.Count < chunkSize; offset++)
                Stream.Append(chunk, offset, stream[(int)offset].Id, ExampleEncoder.ToProtobuf(stream[(int)offset]));
            _feed.Writer.TryWrite(chunk);
        }
    }

    /// <summary>Sends records with many examples each: record i has the examples from i * <paramref name="rowsPerRecord"/>.</summary>
    public void SendBatches(IReadOnlyList<Example> stream, int rowsPerRecord, long from, long to)
    {
        for (var offset = from; offset < to; offset++)
        {
            var chunk = new RecordChunk(1);
            Stream.Append(chunk, offset, null, ExampleEncoder.ToArrow([.. stream.Skip((int)offset * rowsPerRecord).Take(rowsPerRecord)]), format: WireFormat.Arrow);
            _feed.Writer.TryWrite(chunk);
        }
    }

    public void SendTo(int partition, Example example, long offset)
    {
        var chunk = new RecordChunk(1);
        Stream.Append(chunk, offset, example.Id, ExampleEncoder.ToProtobuf(example), partition);
        _feed.Writer.TryWrite(chunk);
    }

    public async Task EndAsync()
    {
        _feed.Writer.Complete();
        await Pipeline.Completion;
    }

    /// <summary>Waits until the status meets a condition. Fails after a minute, or if the learner fails.</summary>
    public async Task UntilAsync(Func<PipelineStatus, bool> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached(Pipeline.Status))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1), $"not reached: {Pipeline.Status}");
            if (Pipeline.Completion.IsFaulted)
                await Pipeline.Completion;
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Pipeline.Kill();
        await Pipeline.DisposeAsync();
        await _store.DisposeAsync();
    }
}

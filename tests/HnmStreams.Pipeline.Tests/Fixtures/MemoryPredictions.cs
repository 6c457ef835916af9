using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A sink that keeps predictions in memory.</summary>
internal sealed class MemoryPredictions : IPredictionSink
{
    public ConcurrentQueue<Prediction> All { get; } = new();

    /// <summary>The task of a flush. It is complete unless a test sets another one.</summary>
    public Task Acknowledged { get; init; } = Task.CompletedTask;

    public void Write(Prediction prediction) => All.Enqueue(prediction);

    public Task FlushAsync(CancellationToken cancellationToken) => Acknowledged.WaitAsync(cancellationToken);
}

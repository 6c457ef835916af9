using System.Collections.Concurrent;
using HnmStreams.Data.Labeling;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A sink that keeps label requests in memory.</summary>
internal sealed class MemoryLabelRequests : ILabelRequestSink
{
    public ConcurrentQueue<LabelRequest> All { get; } = new();

    public ConcurrentQueue<string> Ended { get; } = new();

    public void Write(LabelRequest request) => All.Enqueue(request);

    public void WriteEnd(string id) => Ended.Enqueue(id);

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>Keeps dead letters and watermarks for a test to look at.</summary>
internal sealed class Letters : IDeadLetterSink, IWatermarkSink
{
    private IReadOnlyList<Watermark> _watermarks = [];

    public ConcurrentQueue<DeadLetter> All { get; } = new();

    /// <summary>Completes when the broker has all letters; at once unless a test says otherwise.</summary>
    public Task Acknowledged { get; init; } = Task.CompletedTask;

    public IReadOnlyList<Watermark> Watermarks => Volatile.Read(ref _watermarks);

    public void Write(DeadLetter letter) => All.Enqueue(letter);

    public Task FlushAsync(CancellationToken cancellationToken) => Acknowledged.WaitAsync(cancellationToken);

    public void Advance(IReadOnlyList<Watermark> watermarks) => Volatile.Write(ref _watermarks, watermarks);
}

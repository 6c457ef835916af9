using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>Keeps dead letters and watermarks for a test to look at.</summary>
internal sealed class Letters : IDeadLetterSink, IWatermarkSink
{
    private IReadOnlyList<Watermark> _watermarks = [];

    public ConcurrentQueue<DeadLetter> All { get; } = new();

    public IReadOnlyList<Watermark> Watermarks => Volatile.Read(ref _watermarks);

    public void Write(DeadLetter letter) => All.Enqueue(letter);

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Advance(IReadOnlyList<Watermark> watermarks) => Volatile.Write(ref _watermarks, watermarks);
}

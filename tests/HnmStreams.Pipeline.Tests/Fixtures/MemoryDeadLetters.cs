using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A sink that keeps dead letters and positions in memory.</summary>
internal sealed class MemoryDeadLetters : IDeadLetterSink, IPositionSink
{
    private IReadOnlyList<StreamPosition> _positions = [];

    public ConcurrentQueue<DeadLetter> All { get; } = new();

    /// <summary>The task of a flush. It is complete unless a test sets another one.</summary>
    public Task Acknowledged { get; init; } = Task.CompletedTask;

    public IReadOnlyList<StreamPosition> Positions => Volatile.Read(ref _positions);

    public void Write(DeadLetter letter) => All.Enqueue(letter);

    public Task FlushAsync(CancellationToken cancellationToken) => Acknowledged.WaitAsync(cancellationToken);

    public void Advance(IReadOnlyList<StreamPosition> positions) => Volatile.Write(ref _positions, positions);
}

namespace HnmStreams.Host.Mine;

/// <summary>Takes rows of mined negatives. Whole when <see cref="FinishAsync"/> has returned, and only then.</summary>
internal interface INegativesSink : IAsyncDisposable
{
    ValueTask WriteAsync(object[] row, CancellationToken cancellation);

    Task FinishAsync(CancellationToken cancellation);
}

namespace HnmStreams.Host.Mine;

/// <summary>A destination of mined negatives. Its output is complete only after <see cref="FinishAsync"/> has returned.</summary>
internal interface INegativesSink : IAsyncDisposable
{
    /// <summary>Writes a row, with one value per column.</summary>
    ValueTask WriteAsync(object[] row, CancellationToken cancellation);

    /// <summary>Completes the output.</summary>
    Task FinishAsync(CancellationToken cancellation);
}

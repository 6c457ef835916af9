namespace HnmStreams.Benchmarks.Transport;

/// <summary>A connection over loopback that carries parts of batches in one direction, in order.</summary>
internal interface IPartTransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Sends a part several times over a new stream.</summary>
    /// <returns>The bytes that arrived. Completes when the receiver has all parts.</returns>
    Task<long> SendAsync(byte[] part, int count, CancellationToken cancellation);
}

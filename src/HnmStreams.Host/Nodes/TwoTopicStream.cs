using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Nodes;

namespace HnmStreams.Host.Nodes;

/// <summary>
/// The topic of examples and <c>kafka.labelsTopic</c>, which has a separate group, as one stream in the order of arrival. Nodes forward the labels like other
/// records, so that the learner admits them by the same rule, in the call that changes its state, and needs no consumer.
/// </summary>
/// <remarks>Thread-safe. One restart at a time.</remarks>
internal sealed class TwoTopicStream(GroupStream examples, GroupStream labels) : IRestartableStream, IAsyncDisposable
{
    private Task _merging = Task.CompletedTask;

    /// <summary>The assigned partitions of the topic of examples.</summary>
    public IReadOnlyList<int> Partitions => examples.Partitions;

    /// <inheritdoc/>
    public long BytesRead => examples.BytesRead + labels.BytesRead;

    /// <inheritdoc/>
    public long Lag => examples.Lag + labels.Lag;

    /// <inheritdoc/>
    public async Task<ChannelReader<RecordChunk>> RestartAsync(IReadOnlyList<StreamPosition> positions, CancellationToken session)
    {
        await _merging;
        var both = await Task.WhenAll(examples.RestartAsync(positions, session), labels.RestartAsync(positions, session));
        var merged = Channel.CreateBounded<RecordChunk>(new BoundedChannelOptions(1) { SingleReader = true });
        _merging = MergeAsync(both, merged.Writer, session);
        return merged.Reader;
    }

    /// <inheritdoc/>
    public async Task WaitForChangeAsync() => await await Task.WhenAny(examples.WaitForChangeAsync(), labels.WaitForChangeAsync());

    /// <inheritdoc/>
    public async Task LeaveAsync()
    {
        await _merging;
        await Task.WhenAll(examples.LeaveAsync(), labels.LeaveAsync());
    }

    /// <inheritdoc/>
    public void Admitted(IReadOnlyList<StreamPosition> positions)
    {
        examples.Admitted(positions);
        labels.Admitted(positions);
    }

    /// <inheritdoc/>
    public Task CommitAsync(IReadOnlyList<StreamPosition> durable) => Task.WhenAll(examples.CommitAsync(durable), labels.CommitAsync(durable));

    public async ValueTask DisposeAsync()
    {
        await examples.DisposeAsync();
        await labels.DisposeAsync();
        await _merging;
    }

    private static async Task MergeAsync(ChannelReader<RecordChunk>[] sources, ChannelWriter<RecordChunk> into, CancellationToken session)
    {
        // The failure of a source is that of its stream, which WaitForChangeAsync reports.
        await Task.WhenAll(sources.Select(source => PassAsync(source, into, session))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        into.TryComplete();
    }

    private static async Task PassAsync(ChannelReader<RecordChunk> source, ChannelWriter<RecordChunk> into, CancellationToken session)
    {
        await foreach (var chunk in source.ReadAllAsync(session))
        {
            try
            {
                await into.WriteAsync(chunk, session);
            }
            catch
            {
                chunk.Dispose();
                throw;
            }
        }
    }
}

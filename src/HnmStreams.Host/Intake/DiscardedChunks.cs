using System.Threading.Channels;
using HnmStreams.Data.Records;

namespace HnmStreams.Host.Intake;

/// <summary>What nobody learns from any more: read and dropped until its source ends, since a consumer stops only when it has handed over what it holds.</summary>
internal static class DiscardedChunks
{
    /// <summary>Returns when the source has ended, however it did: that is told by the consumer's status.</summary>
    public static async Task DropAsync(ChannelReader<RecordChunk> source)
    {
        try
        {
            await foreach (var chunk in source.ReadAllAsync(CancellationToken.None))
                chunk.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The run has what it asked for.
        }
    }
}

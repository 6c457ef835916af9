using System.Threading.Channels;
using HnmStreams.Data.Records;

namespace HnmStreams.Host.Intake;

/// <summary>Chunks that arrive after the learner has ended. They must be read, because a consumer stops only after it has handed over all its chunks.</summary>
internal static class DiscardedChunks
{
    /// <summary>Reads and disposes chunks until the source has completed, with or without a failure. The consumer's status reports the failure.</summary>
    public static async Task DropAsync(ChannelReader<RecordChunk> source)
    {
        try
        {
            await foreach (var chunk in source.ReadAllAsync(CancellationToken.None))
                chunk.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The run already has all records that it needs.
        }
    }
}

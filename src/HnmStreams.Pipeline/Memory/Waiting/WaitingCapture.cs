using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Memory.Waiting.Storage;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>The state of the waiting store at one moment: its counters, and links to the files of its database.</summary>
/// <remarks>One owner, which disposes it when it is written. On any thread.</remarks>
internal sealed class WaitingCapture(WaitingFolder folder, string links, StateWriter counters) : IStateCapture
{
    /// <summary>The part with the counters.</summary>
    public const string CountersPart = "waiting.bin";

    public string Name => "waiting";

    public IEnumerable<CheckpointPart> Parts()
    {
        yield return new CheckpointPart(CountersPart, stream => stream.Write(StateFrame.Close(counters)));
        foreach (var part in folder.Parts(links))
            yield return part;
    }

    public void Dispose() => WaitingFolder.Delete(links);
}

using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Checkpointing.Inspection;

namespace HnmStreams.Pipeline.Memory;

/// <summary>Reads the id audit of a checkpoint, without a learner.</summary>
public static class IdAuditReader
{
    /// <summary>Returns how often the newest intact checkpoint has taken in each id (<see cref="AuditOptions.Ids"/>).</summary>
    /// <param name="path">A checkpoint, or a folder of them.</param>
    /// <param name="uncounted">The number of examples whose ids were beyond the limit of the audit.</param>
    /// <exception cref="InvalidDataException">There is no intact checkpoint, or it was made without an audit.</exception>
    public static IReadOnlyList<(ExampleKey Key, int Count)> Read(string path, out long uncounted)
    {
        using var checkpoint = CheckpointInspection.OpenNewest(path);
        return checkpoint.Has(IdAudit.PartName)
            ? IdAudit.Read(checkpoint.OpenState(IdAudit.PartName), out uncounted)
            : throw new InvalidDataException($"{checkpoint.Description.Path} has no id audit: pipeline.audit.ids was 0 when it was made.");
    }
}

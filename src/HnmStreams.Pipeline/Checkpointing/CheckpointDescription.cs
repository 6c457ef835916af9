using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>A part of a checkpoint, and its damage.</summary>
/// <param name="Damage">The damage; null if the part is intact.</param>
internal sealed record PartDescription(string Name, long Length, string Checksum, string? Damage);

/// <summary>A checkpoint without the content of its parts.</summary>
/// <param name="Manifest">Null if it cannot be read.</param>
/// <param name="Damage">The reason if the manifest cannot be read, else null.</param>
internal sealed record CheckpointDescription(
    string Path,
    CheckpointId Id,
    CheckpointManifest? Manifest,
    IReadOnlyList<PartDescription> Parts,
    string? Damage)
{
    /// <summary>True if all parts are intact.</summary>
    public bool IsIntact => Reason is null;

    /// <summary>True if another version of this program made it, so that its manifest is sound but cannot be read.</summary>
    public bool IsOtherFormat { get; init; }

    /// <summary>All damage in one line; null for an intact checkpoint.</summary>
    public string? Reason
    {
        get
        {
            if (Damage is not null)
                return $"{CheckpointNames.Manifest}: {Damage}";
            var damaged = Parts.Where(p => p.Damage is not null).Select(p => $"{p.Name}: {p.Damage}").ToArray();
            return damaged.Length == 0 ? null : string.Join("; ", damaged);
        }
    }
}

/// <summary>A folder that was skipped, with the reason.</summary>
internal sealed record DamagedCheckpoint(string Path, string Reason);

/// <summary>The newest intact checkpoint, and the damaged ones that were skipped, newest first.</summary>
/// <param name="Found">The caller disposes it. Null if none exists.</param>
internal sealed record CheckpointSearch(LoadedCheckpoint? Found, IReadOnlyList<DamagedCheckpoint> Damaged);

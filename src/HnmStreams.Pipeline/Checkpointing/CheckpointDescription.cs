using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <param name="Damage">Why the part is not as it was written, or null.</param>
internal sealed record PartDescription(string Name, long Length, string Checksum, string? Damage);

/// <summary>What can be said of a checkpoint without looking into its parts.</summary>
/// <param name="Manifest">Null where it cannot be read.</param>
/// <param name="Damage">Why the manifest cannot be read, or null.</param>
internal sealed record CheckpointDescription(
    string Path,
    CheckpointId Id,
    CheckpointManifest? Manifest,
    IReadOnlyList<PartDescription> Parts,
    string? Damage)
{
    public bool IsWhole => Reason is null;

    /// <summary>True if another version of this program made it, so that its manifest is sound but cannot be read.</summary>
    public bool IsOtherFormat { get; init; }

    /// <summary>All that is wrong with it, in one line; null for a whole one.</summary>
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

/// <summary>A checkpoint that was passed over.</summary>
internal sealed record DamagedCheckpoint(string Path, string Reason);

/// <summary>The newest whole checkpoint, and what was passed over on the way to it, newest first.</summary>
/// <param name="Found">The caller's to dispose; null where there is none.</param>
internal sealed record CheckpointSearch(LoadedCheckpoint? Found, IReadOnlyList<DamagedCheckpoint> Damaged);

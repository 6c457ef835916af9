using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing.Disk;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// An intact checkpoint with its files open. They were opened before they were checked, so the bytes that are read are those that were
/// checked, even if the checkpoint is deleted meanwhile (on Windows it cannot be deleted then).
/// </summary>
internal sealed class LoadedCheckpoint(CheckpointDescription description, IReadOnlyDictionary<string, SafeFileHandle> files) : IDisposable
{
    public CheckpointDescription Description { get; } = description;

    public CheckpointManifest Manifest => Description.Manifest!;

    public bool Has(string part) => files.ContainsKey(part);

    /// <summary>Opens a part at its beginning. Its length is known and within the limit.</summary>
    /// <exception cref="KeyNotFoundException">There is no part of this name.</exception>
    public Stream OpenPart(string name) =>
        files.TryGetValue(name, out var file)
            ? new PartStream(file, Manifest.Parts.First(p => string.Equals(p.Name, name, StringComparison.Ordinal)).Length)
            : throw new KeyNotFoundException($"Checkpoint {Description.Path} has no part {name}.");

    /// <summary>Reads a part that is a saved state.</summary>
    /// <exception cref="InvalidDataException">It is not a saved state, or too large for memory.</exception>
    public StateReader OpenState(string name)
    {
        using var stream = OpenPart(name);
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"{name} must have at most {Array.MaxLength} bytes but has {stream.Length}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return StateFrame.Open(bytes);
    }

    public void Dispose()
    {
        foreach (var file in files.Values)
            file.Dispose();
    }
}

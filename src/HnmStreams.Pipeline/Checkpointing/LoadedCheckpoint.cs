using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing.Disk;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// A checkpoint that was found whole. Its files stay open from before they were checked, so what is read is what was
/// checked, also when the checkpoint is deleted meanwhile (on Windows it then cannot be deleted).
/// </summary>
internal sealed class LoadedCheckpoint(CheckpointDescription description, IReadOnlyDictionary<string, SafeFileHandle> files) : IDisposable
{
    public CheckpointDescription Description { get; } = description;

    public CheckpointManifest Manifest => Description.Manifest!;

    public bool Has(string part) => files.ContainsKey(part);

    /// <summary>A part from its beginning; its length is known, and was checked against the bound.</summary>
    /// <exception cref="KeyNotFoundException">There is no such part.</exception>
    public Stream OpenPart(string name) =>
        files.TryGetValue(name, out var file)
            ? new PartStream(file, Manifest.Parts.First(p => string.Equals(p.Name, name, StringComparison.Ordinal)).Length)
            : throw new KeyNotFoundException($"Checkpoint {Description.Path} has no part {name}.");

    /// <summary>A part that is a saved state.</summary>
    /// <exception cref="InvalidDataException">It is none, or too large for memory.</exception>
    public StateReader OpenState(string name)
    {
        using var stream = OpenPart(name);
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"{name} has {stream.Length} bytes; at most {Array.MaxLength} can be read.");
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

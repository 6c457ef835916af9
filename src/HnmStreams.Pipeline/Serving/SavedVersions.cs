using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Serving;

/// <summary>A saved version in a folder.</summary>
/// <param name="Path">The version's own folder.</param>
/// <param name="WrittenAt">The time at which its card was written. A folder that is written again has another one.</param>
/// <param name="Card">Null if the card is missing or damaged.</param>
internal sealed record SavedVersion(string Path, DateTime WrittenAt, ModelCard? Card);

/// <summary>The saved versions below a folder: that of all runs (<c>models.folder</c>), that of one run, or a checkpoint folder or its <c>versions</c>.</summary>
/// <remarks>Versions are renamed to their names when they are complete, so that one that is still written is not found. For one thread.</remarks>
internal sealed class SavedVersions(string folder)
{
    private Dictionary<string, SavedVersion> _known = new(StringComparer.Ordinal);

    /// <summary>Returns the versions, newest first by the time on their cards. A version whose card cannot be read comes first. Reads the cards of new versions only.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<SavedVersion> Find()
    {
        var found = new Dictionary<string, SavedVersion>(StringComparer.Ordinal);
        foreach (var path in Folders())
        {
            var writtenAt = File.GetLastWriteTimeUtc(Path.Combine(path, ModelFolder.CardFile));
            found[path] = _known.TryGetValue(path, out var known) && known.WrittenAt == writtenAt ? known : new SavedVersion(path, writtenAt, ModelFolder.ReadCard(path));
        }

        _known = found;
        return [.. found.Values.OrderByDescending(v => v.Card?.CreatedAt ?? DateTimeOffset.MaxValue).ThenByDescending(v => v.Card?.Version).ThenByDescending(v => v.Path, StringComparer.Ordinal)];
    }

    private IEnumerable<string> Folders()
    {
        if (ModelFolder.VersionOf(folder) is not null)
            return [folder];
        // Folders that are being written begin with a dot.
        return Directory.EnumerateDirectories(folder)
            .Where(path => !Path.GetFileName(path).StartsWith('.'))
            .SelectMany(path => ModelFolder.VersionOf(path) is not null ? [path] : Directory.EnumerateDirectories(path).Where(p => ModelFolder.VersionOf(p) is not null));
    }
}

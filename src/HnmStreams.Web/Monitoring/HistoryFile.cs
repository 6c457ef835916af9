using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Web.Persistence;

namespace HnmStreams.Web.Monitoring;

/// <summary>The history of the run in the checkpoint folder, replaced as a whole, so that curves continue after a restart.</summary>
/// <param name="mayWrite">Returns false once another process has the lease of the folder.</param>
internal sealed class HistoryFile(string folder, Func<bool> mayWrite)
{
    /// <summary>The name of the file.</summary>
    public const string Name = "history.json";

    private const int MaxBytes = 4 * 1024 * 1024;
    private readonly string _path = Path.Combine(folder, Name);

    /// <summary>Returns the stored history; null if none exists or it is damaged.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StoredHistory? Load()
    {
        try
        {
            return AtomicFile.ReadEnd(_path, MaxBytes) is { } content && JsonSerializer.Deserialize(content, HistoryJson.Default.StoredHistory) is { Whole: not null, Recent: not null, Stride: > 0 } stored
                ? stored
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the stored history.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(StoredHistory history)
    {
        if (mayWrite())
            AtomicFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(history, HistoryJson.Default.StoredHistory));
    }
}

/// <summary>The content of the file.</summary>
/// <param name="Stride">The number of samples per point of <paramref name="Whole"/>.</param>
/// <param name="Whole">The whole history, downsampled, oldest first.</param>
/// <param name="Recent">The last samples, oldest first.</param>
/// <param name="Fingerprint">The identity of the data that the newest points belong to; null in a file of an earlier program version.</param>
/// <param name="ComparableSince">The time since which all points belong to these data; null if all do.</param>
internal sealed record StoredHistory(int Stride, IReadOnlyList<RunPoint> Whole, IReadOnlyList<RunPoint> Recent, string? Fingerprint = null, DateTimeOffset? ComparableSince = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredHistory))]
internal sealed partial class HistoryJson : JsonSerializerContext;

using System.Globalization;
using System.Text.Json;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The on-disk format of saved models: one folder per version, written atomically.</summary>
internal static class ModelFolder
{
    public const string WeightsFile = "model.safetensors";
    public const string CardFile = "model.json";
    private const int MaxCardBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Writes <c>model.safetensors</c> and its card <c>model.json</c> to a temporary folder next to the target and
    /// renames it, so that a reader never sees a partial model. An existing folder of the same version is replaced.
    /// </summary>
    /// <returns>The path of the version's folder.</returns>
    public static string Write(string folder, ModelSnapshot snapshot, ModelCard card)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, NameOf(snapshot.Version));
        var work = Path.Combine(folder, $".writing-{Guid.NewGuid():n}");
        Directory.CreateDirectory(work);
        WriteFile(Path.Combine(work, WeightsFile), snapshot, card);
        File.WriteAllText(Path.Combine(work, CardFile), JsonSerializer.Serialize(card, Json));
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(work, target);
        return target;
    }

    /// <summary>Returns the version of a folder by its name; null if it is not the folder of a version.</summary>
    public static long? VersionOf(string path) =>
        long.TryParse(Path.GetFileName(path).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && string.Equals(Path.GetFileName(path), NameOf(version), StringComparison.Ordinal)
            ? version
            : null;

    /// <summary>Reads the card of a version's folder; null if it is missing or damaged.</summary>
    public static ModelCard? ReadCard(string path)
    {
        try
        {
            var file = new FileInfo(Path.Combine(path, CardFile));
            return file.Exists && file.Length <= MaxCardBytes && JsonSerializer.Deserialize<ModelCard>(File.ReadAllText(file.FullName), Json) is { Task: not null, HeldOut: not null, Positions: not null } card
                ? card
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the weights to one file, with the task, version and card in the file's metadata. Not atomic.</summary>
    public static void WriteFile(string path, ModelSnapshot snapshot, ModelCard card) =>
        SafetensorsFile.Write(path, snapshot.Tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = card.Task,
            ["version"] = snapshot.Version.ToString(CultureInfo.InvariantCulture),
            ["card"] = JsonSerializer.Serialize(card, Json),
        });

    private static string NameOf(long version) => string.Create(CultureInfo.InvariantCulture, $"v{version:D8}");
}

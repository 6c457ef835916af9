using System.Text.Json;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>Where models go: one folder a version, whole or not at all.</summary>
internal static class ModelFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Writes <c>model.safetensors</c> and its card <c>model.json</c> to a temporary folder beside the target and
    /// renames it, so that a reader never sees half a model. A version that is already there is replaced.
    /// </summary>
    /// <returns>The version's folder.</returns>
    public static string Write(string folder, ModelSnapshot snapshot, ModelCard card)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, $"v{snapshot.Version:D8}");
        var work = Path.Combine(folder, $".writing-{Guid.NewGuid():n}");
        Directory.CreateDirectory(work);
        WriteFile(Path.Combine(work, "model.safetensors"), snapshot, card);
        File.WriteAllText(Path.Combine(work, "model.json"), JsonSerializer.Serialize(card, Json));
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(work, target);
        return target;
    }

    /// <summary>The weights alone, with the card in the file's own metadata (task, version, card). Not atomic.</summary>
    public static void WriteFile(string path, ModelSnapshot snapshot, ModelCard card) =>
        SafetensorsFile.Write(path, snapshot.Tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = card.Task,
            ["version"] = snapshot.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["card"] = JsonSerializer.Serialize(card, Json),
        });
}

using System.Text.Json;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The on-disk format of saved models: one folder per version, written atomically.</summary>
internal static class ModelFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Writes <c>model.safetensors</c> and its card <c>model.json</c> to a temporary folder next to the target and
    /// renames it, so that a reader never sees a partial model. An existing folder of the same version is replaced.
    /// </summary>
    /// <returns>The path of the version's folder.</returns>
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

    /// <summary>Writes the weights to one file, with the task, version and card in the file's metadata. Not atomic.</summary>
    public static void WriteFile(string path, ModelSnapshot snapshot, ModelCard card) =>
        SafetensorsFile.Write(path, snapshot.Tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = card.Task,
            ["version"] = snapshot.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["card"] = JsonSerializer.Serialize(card, Json),
        });
}

using System.Globalization;
using System.Text.Json;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Tasks;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The export of saved weights in the formats of other programs.</summary>
public static class SavedModelExport
{
    /// <summary>Writes saved weights in a format, to a temporary file that is renamed when it is complete.</summary>
    /// <param name="weights">A safetensors file of the task's network. A card beside it becomes part of the metadata.</param>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network. The message names one that does.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the task.</exception>
    public static void Write(IMiningTask task, string weights, string format, string path)
    {
        ArgumentNullException.ThrowIfNull(task);
        var temporary = $"{path}.{Guid.NewGuid():n}";
        try
        {
            Write(task, SafetensorsFile.Read(weights), format, temporary, CardOf(weights));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Returns the card beside saved weights; null if it is missing or damaged.</summary>
    public static ModelCard? CardOf(string weights) => ModelFolder.ReadCard(Path.GetDirectoryName(Path.GetFullPath(weights))!);

    /// <summary>Writes a model in a format. Not atomic.</summary>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network. The message names one that does.</exception>
    internal static void Write(IMiningTask task, ModelSnapshot snapshot, ModelCard card, string format, string path)
    {
        if (format == ModelExport.Safetensors)
            ModelFolder.WriteFile(path, snapshot, card);
        else
            ModelExport.Write(task, snapshot.Tensors, format, path, Metadata(task, card));
    }

    /// <summary>Writes weights in a format to a temporary file and opens it. It is deleted when the caller disposes it.</summary>
    /// <param name="weights">A safetensors file, which is disposed.</param>
    /// <inheritdoc cref="Write(IMiningTask, string, string, string)"/>
    internal static Stream Open(IMiningTask task, Stream weights, string format)
    {
        using var source = weights;
        var folder = Directory.CreateTempSubdirectory("hnm-export-").FullName;
        try
        {
            var path = Path.Combine(folder, "model");
            Write(task, SafetensorsFile.Read(source), format, path, card: null);
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        finally
        {
            // The open file keeps its blocks until it is closed.
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(IMiningTask task, IReadOnlyDictionary<string, Tensor> tensors, string format, string path, ModelCard? card)
    {
        try
        {
            ModelExport.Write(task, tensors, format, path, Metadata(task, card));
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }

    private static Dictionary<string, string> Metadata(IMiningTask task, ModelCard? card)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = task.Name,
            ["preprocessing"] = task.Preprocessing,
            ["postprocessing"] = task.Postprocessing,
        };
        if (card is not null)
        {
            metadata["version"] = card.Version.ToString(CultureInfo.InvariantCulture);
            metadata["card"] = JsonSerializer.Serialize(card, JsonSerializerOptions.Web);
        }

        return metadata;
    }
}

using System.Text.Json;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>A configuration file that exists.</summary>
public sealed record ConfigFile(string FullPath);

/// <summary>Finds configuration files in a checkout as well as in a published folder.</summary>
/// <param name="workingFolder">Where relative paths of the command line start.</param>
/// <param name="programFolder">Where the executable lies, with a copy of <c>config/</c> beside it.</param>
public sealed class ConfigFiles(string workingFolder, string programFolder)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string DefaultFile = Path.Combine("config", "hnm.json");

    /// <summary><c>config/hnm.json</c> under the working folder, else beside the executable; null where there is neither.</summary>
    public ConfigFile? FindDefault() => Existing(DefaultFile);

    /// <summary>The named file: from the working folder, else from beside the executable.</summary>
    public ConfigFile Find(string path) =>
        Existing(path) ?? throw new SettingsException($"--config {path}: no such file in {workingFolder} or {programFolder}");

    /// <summary>
    /// The task's own file: the one that the command line or the environment names, else the one that the asked-for
    /// file names, else (where that file does not describe a task itself) the default file's.
    /// </summary>
    public ConfigFile? FindTaskFile(ConfigFile? main, ConfigFile? asked, string? named)
    {
        if (!string.IsNullOrEmpty(named))
            return Existing(named) ?? throw new SettingsException($"taskFile = '{named}': no such file in {workingFolder} or {programFolder}");
        if (asked is not null)
        {
            var (taskFile, hasTask) = Peek(asked);
            if (taskFile is not null)
                return Beside(asked, taskFile);
            if (hasTask)
                return null;
        }

        return main is not null && Peek(main).TaskFile is { Length: > 0 } file ? Beside(main, file) : null;
    }

    private static ConfigFile Beside(ConfigFile naming, string file)
    {
        var path = Path.GetFullPath(file, Path.GetDirectoryName(naming.FullPath)!);
        return File.Exists(path)
            ? new ConfigFile(path)
            : throw new SettingsException($"taskFile = '{file}' ({Path.GetFileName(naming.FullPath)}): no such file beside it");
    }

    private ConfigFile? Existing(string path)
    {
        string[] places = [Path.GetFullPath(path, workingFolder), Path.GetFullPath(path, programFolder)];
        return places.Where(File.Exists).Select(p => new ConfigFile(p)).FirstOrDefault();
    }

    /// <summary>What decides the layers; a file that is not JSON is reported when its layer is built.</summary>
    private static (string? TaskFile, bool HasTask) Peek(ConfigFile file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file.FullPath), Lenient);
            string? taskFile = null;
            var hasTask = false;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name.Equals(nameof(HnmOptions.TaskFile), StringComparison.OrdinalIgnoreCase))
                    taskFile = property.Value.GetString();
                hasTask |= property.Name.Equals(nameof(HnmOptions.Task), StringComparison.OrdinalIgnoreCase);
            }

            return (taskFile, hasTask);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, false);
        }
    }
}

using System.Text.Json;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>A configuration file that exists.</summary>
public sealed record ConfigFile(string FullPath);

/// <summary>The search for configuration files, in a checkout and in a published folder.</summary>
/// <param name="workingFolder">The folder in which relative paths of the command line start.</param>
/// <param name="programFolder">The folder of the executable, which holds a copy of <c>config/</c>.</param>
public sealed class ConfigFiles(string workingFolder, string programFolder)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string DefaultFile = Path.Combine("config", "hnm.json");

    /// <summary>Returns <c>config/hnm.json</c> from the working folder or else from the folder of the executable; null if neither exists.</summary>
    public ConfigFile? FindDefault() => Existing(DefaultFile);

    /// <summary>Returns the named file from the working folder or else from the folder of the executable.</summary>
    /// <exception cref="SettingsException">There is no such file.</exception>
    public ConfigFile Find(string path) =>
        Existing(path) ?? throw new SettingsException($"--config {path}: there is no such file in {workingFolder} or {programFolder}");

    /// <summary>
    /// Returns the task file: the one that the command line or the environment names, else the one that the file of
    /// <c>--config</c> names, else the one of the default file, unless the file of <c>--config</c> describes a task itself.
    /// </summary>
    public ConfigFile? FindTaskFile(ConfigFile? main, ConfigFile? asked, string? named)
    {
        if (!string.IsNullOrEmpty(named))
            return Existing(named) ?? throw new SettingsException($"taskFile = '{named}': there is no such file in {workingFolder} or {programFolder}");
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
            : throw new SettingsException($"taskFile = '{file}' ({Path.GetFileName(naming.FullPath)}): there is no such file in its folder");
    }

    private ConfigFile? Existing(string path)
    {
        string[] places = [Path.GetFullPath(path, workingFolder), Path.GetFullPath(path, programFolder)];
        return places.Where(File.Exists).Select(p => new ConfigFile(p)).FirstOrDefault();
    }

    /// <summary>Reads the two keys that decide the layers. A file that is not JSON is reported when its layer is built.</summary>
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

using HnmStreams.Configuration;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Host.Feeding;

/// <summary>The folders that data sets are looked up in: the working folder, then <c>HNM_DATA</c>.</summary>
internal sealed class DataFolders(string workingFolder, string? dataFolder)
{
    /// <summary>Opens the data set that the options describe. The task decides the form of a table's input if the options leave it open.</summary>
    /// <exception cref="SettingsException">The data set does not exist, its format is unknown, or an option does not apply to it.</exception>
    public ExampleSet Open(DataOptions options, TaskOptions? task = null)
    {
        if (task is not null && options.Columns.Input == TableInput.Auto && options.Columns.Text is null)
            options.Columns.Input = TaskCatalog.TableInput(task);
        var path = Find("data.path", options.Path);
        var testPath = options.TestPath is { } test ? Find("data.testPath", test) : null;
        return Checked(options, () => ExampleSet.Open(path, testPath, options));
    }

    /// <summary>Runs a function that reads a data set and reports its failures as invalid settings.</summary>
    /// <exception cref="SettingsException">An option does not apply to the data set, or a file is damaged.</exception>
    public static T Checked<T>(DataOptions options, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DataOptionException e)
        {
            throw new SettingsException(e.Message, e);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"'data.path' is '{options.Path}', which cannot be read: {e.Message}", e);
        }
    }

    private string Find(string key, string data)
    {
        string?[] candidates = [Path.GetFullPath(data, workingFolder), dataFolder is null ? null : Path.GetFullPath(data, Path.GetFullPath(dataFolder, workingFolder))];
        return candidates.FirstOrDefault(p => p is not null && (File.Exists(p) || Directory.Exists(p)))
            ?? throw new SettingsException($"'{key}' must be an existing file or folder but is '{data}', which is not in {string.Join(" or ", candidates.Where(p => p is not null).Select(Path.GetDirectoryName))}."
                + (dataFolder is null ? " Set HNM_DATA to the folder that contains the data sets." : ""));
    }
}

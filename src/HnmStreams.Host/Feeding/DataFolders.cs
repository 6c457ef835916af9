using HnmStreams.Configuration;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Feeding;

/// <summary>Finds data sets: by their path, else by their path below <c>HNM_DATA</c>.</summary>
internal sealed class DataFolders(string workingFolder, string? dataFolder)
{
    /// <summary>The set that the options describe.</summary>
    /// <exception cref="SettingsException">There is no such set, it is of no known format, or an option does not fit it.</exception>
    public ExampleSet Open(DataOptions options)
    {
        var path = Find("data.path", options.Path);
        var testPath = options.TestPath is { } test ? Find("data.testPath", test) : null;
        return Checked(options, () => ExampleSet.Open(path, testPath, options));
    }

    /// <summary>Does what reads a set; what is wrong with the set is a wrong setting.</summary>
    /// <exception cref="SettingsException">An option does not fit the set, or a file is damaged.</exception>
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
            throw new SettingsException($"data.path = '{options.Path}': {e.Message}", e);
        }
    }

    private string Find(string key, string data)
    {
        string?[] places = [Path.GetFullPath(data, workingFolder), dataFolder is null ? null : Path.GetFullPath(data, Path.GetFullPath(dataFolder, workingFolder))];
        return places.FirstOrDefault(p => p is not null && (File.Exists(p) || Directory.Exists(p)))
            ?? throw new SettingsException($"{key} = '{data}': no such file or folder in {string.Join(" or ", places.Where(p => p is not null).Select(Path.GetDirectoryName))}"
                + (dataFolder is null ? " (HNM_DATA may name a folder of data sets)" : ""));
    }
}

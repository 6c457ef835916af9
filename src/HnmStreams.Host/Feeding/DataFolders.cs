using HnmStreams.Data.Readers;
using HnmStreams.Host.Settings;

namespace HnmStreams.Host.Feeding;

/// <summary>Finds data sets: by their path, else by their folder's name under <c>HNM_DATA</c>.</summary>
internal sealed class DataFolders(string workingFolder, string? dataFolder)
{
    /// <param name="key">The setting that named the set, for the message.</param>
    /// <exception cref="SettingsException">There is no such set, or it is of no known format.</exception>
    public IExampleReader Open(string data, ReaderOptions options, string key)
    {
        string?[] places = [Path.GetFullPath(data, workingFolder), dataFolder is null ? null : Path.GetFullPath(data, Path.GetFullPath(dataFolder, workingFolder))];
        var path = places.FirstOrDefault(p => p is not null && (File.Exists(p) || Directory.Exists(p)))
            ?? throw new SettingsException($"{key} = '{data}': no such file or folder in {string.Join(" or ", places.Where(p => p is not null).Select(Path.GetDirectoryName))}"
                + (dataFolder is null ? " (HNM_DATA may name a folder of data sets)" : ""));
        try
        {
            return ExampleReaders.Open(path, options);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or NotSupportedException or IOException)
        {
            throw new SettingsException($"{key} = '{data}': {e.Message}", e);
        }
    }
}

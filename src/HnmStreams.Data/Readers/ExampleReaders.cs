namespace HnmStreams.Data.Readers;

/// <summary>Finds out what lies at a path.</summary>
public static class ExampleReaders
{
    private const string Kinds =
        "a folder with *-images-idx3-ubyte[.gz] and its labels, such an images file, a table (.csv, .csv.gz, .tsv), " +
        "a folder with one, or a folder with one folder of JPEG or PNG files a class.";

    /// <summary>
    /// Opens idx files, a table, or a folder of images by class; their headers are read and checked at once.
    /// A file with an unknown ending counts as a table where a delimiter is given.
    /// </summary>
    /// <exception cref="DataSourceException">Nothing readable is there; the message names the path and what is expected.</exception>
    public static IExampleReader Open(string path, ReaderOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (Directory.Exists(path))
            return OpenFolder(path, options);
        if (!File.Exists(path))
            throw new DataSourceException(path, "There is no such file or folder.", Kinds);
        if (IdxFolder.IsImages(path))
            return IdxReader.Open(path, IdxFolder.LabelsOf(path));
        if (CsvFolder.IsTable(path) || options.Delimiter is not null)
            return CsvReader.Open(path, options);
        throw new DataSourceException(path, "Its name tells no known kind of file.", Kinds);
    }

    private static IExampleReader OpenFolder(string path, ReaderOptions options)
    {
        if (IdxFolder.FindImages(path, options.Split) is { } images)
            return IdxReader.Open(images, IdxFolder.LabelsOf(images));
        if (CsvFolder.Find(path, options.Split) is { } table)
            return CsvReader.Open(table, options);
        if (Directory.EnumerateDirectories(path).Any())
            return ImageFolderReader.Open(path, options);
        throw new DataSourceException(path, "The folder holds no set of examples.", Kinds);
    }
}

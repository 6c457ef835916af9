using HnmStreams.Data.Options;
using HnmStreams.Data.Readers.Beir;
using HnmStreams.Data.Readers.Idx;
using HnmStreams.Data.Readers.Images;
using HnmStreams.Data.Readers.Json;
using HnmStreams.Data.Readers.Tables;
using HnmStreams.Data.Readers.Voc;

namespace HnmStreams.Data.Readers;

/// <summary>Finds out what lies at a path.</summary>
public static class ExampleReaders
{
    private const string Kinds =
        "a folder with *-images-idx3-ubyte[.gz] and its labels, such an images file, a table (.csv, .tsv) or JSON lines (.jsonl), "
        + "packed by gzip or not, a folder with one, a folder with one folder of JPEG, PNG or PGM files a class, PASCAL VOC "
        + "(annotations, images, imagesets), or BEIR's layout (corpus.jsonl, queries.jsonl, qrels). data.format names the kind where names do not tell.";

    /// <summary>Opens a set by its options' format, or by what its files are called; headers are read and checked at once.</summary>
    /// <param name="part">Which part of a set that comes in parts; one that does not is read whole.</param>
    /// <param name="skipped">Counts what is left out while reading; null counts for nobody.</param>
    /// <exception cref="DataSourceException">Nothing readable is there; the message names the path and what is expected.</exception>
    /// <exception cref="DataOptionException">An option names what is not there.</exception>
    public static IExampleReader Open(string path, DataOptions options, string part = "train", SkipCounts? skipped = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(part);
        var format = FormatOf(path, options);
        return format switch
        {
            DataFormat.Idx => OpenIdx(path, part),
            DataFormat.Images => ImageFolderReader.Open(path, options, part),
            DataFormat.Csv or DataFormat.Tsv => TableReader.Open(FileOf(path, part), options),
            DataFormat.Jsonl => JsonLinesReader.Open(FileOf(path, part), options),
            DataFormat.Examples => ExampleLinesReader.Open(FileOf(path, part)),
            DataFormat.Voc => VocReader.Open(path, options, part, skipped ?? new SkipCounts()),
            _ => BeirReader.Open(path, part),
        };
    }

    /// <summary>Whether the set comes in parts and has this one.</summary>
    /// <exception cref="DataSourceException">Nothing readable is there.</exception>
    public static bool HasPart(string path, DataOptions options, string part)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(path))
            return false;
        return FormatOf(path, options) switch
        {
            DataFormat.Idx => IdxFolder.HasPart(path, part),
            DataFormat.Images => ImageFolderReader.HasPart(path, part),
            DataFormat.Voc => VocFolder.HasPart(path, part),
            DataFormat.Beir => BeirFolder.IsAt(path) && new BeirFolder(path).Parts.Contains(part, StringComparer.Ordinal),
            _ => TableFolder.HasPart(path, part),
        };
    }

    private static DataFormat FormatOf(string path, DataOptions options)
    {
        var isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path))
            throw new DataSourceException(path, "There is no such file or folder.", Kinds);
        if (options.Format is DataFormat.Images or DataFormat.Voc or DataFormat.Beir && !isFolder)
            throw new DataOptionException("format", options.Format.ToString(), $"{path} is a file, and this kind is a folder; name the folder, or another format");
        if (options.Format != DataFormat.Auto)
            return options.Format;
        return (isFolder ? OfFolder(path, options) : OfFile(path, options)) ?? throw new DataSourceException(path, "Its name tells no known kind of set.", Kinds);
    }

    private static DataFormat? OfFile(string path, DataOptions options)
    {
        if (IdxFolder.IsImages(path))
            return DataFormat.Idx;
        if (TableFolder.IsJsonLines(path))
            return DataFormat.Jsonl;
        return TableFolder.IsTable(path) || options.Table.Delimiter is not null ? OfTable(path) : null;
    }

    private static DataFormat? OfFolder(string path, DataOptions options)
    {
        if (BeirFolder.IsAt(path))
            return DataFormat.Beir;
        if (VocFolder.IsAt(path))
            return DataFormat.Voc;
        if (IdxFolder.IsAt(path))
            return DataFormat.Idx;
        if (TableFolder.Find(path, options.Split.Train, strict: false) is { } table)
            return TableFolder.IsJsonLines(table) ? DataFormat.Jsonl : OfTable(table);
        return Directory.EnumerateDirectories(path).Any() ? DataFormat.Images : null;
    }

    private static DataFormat OfTable(string path) => CompressedFile.Ending(path) == ".tsv" ? DataFormat.Tsv : DataFormat.Csv;

    private static string FileOf(string path, string part) => !Directory.Exists(path)
        ? path
        : TableFolder.Find(path, part) ?? throw new DataSourceException(path, "The folder holds no table and no JSON lines.", Kinds);

    private static IdxReader OpenIdx(string path, string part)
    {
        var images = Directory.Exists(path) ? IdxFolder.FindImages(path, part) : path;
        return images is not null && IdxFolder.IsImages(images)
            ? IdxReader.Open(images, IdxFolder.LabelsOf(images))
            : throw new DataSourceException(path, "There are no idx images.", Kinds);
    }
}

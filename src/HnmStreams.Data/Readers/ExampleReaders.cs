using HnmStreams.Data.Options;
using HnmStreams.Data.Readers.Beir;
using HnmStreams.Data.Readers.Coco;
using HnmStreams.Data.Readers.Idx;
using HnmStreams.Data.Readers.Images;
using HnmStreams.Data.Readers.Json;
using HnmStreams.Data.Readers.Pairs;
using HnmStreams.Data.Readers.Tables;
using HnmStreams.Data.Readers.Voc;

namespace HnmStreams.Data.Readers;

/// <summary>The factory of readers, which detects the format of a path.</summary>
public static class ExampleReaders
{
    private const string SupportedFormats =
        "a folder with *-images-idx3-ubyte[.gz] and its labels, such an images file, a table (.csv, .tsv), JSON lines (.jsonl), Parquet (.parquet) or Arrow (.arrow, .feather), "
        + "compressed by gzip, zstd or not, a folder with one, a folder with one folder of JPEG, PNG or PGM files per class, PASCAL VOC "
        + "(annotations, images, imagesets), COCO (annotations/instances_*.json), or BEIR's layout (corpus.jsonl, queries.jsonl, qrels). Set data.format if the names do not identify the format.";

    /// <summary>Opens a set in the configured format or in the format that its file names identify. Headers are read and checked immediately.</summary>
    /// <param name="part">The part to read of a set that has parts. A set without parts is read completely.</param>
    /// <param name="skipped">Receives the counts of what is skipped while reading; null to discard them.</param>
    /// <exception cref="DataSourceException">The path holds no readable data set. The message names the path and the supported formats.</exception>
    /// <exception cref="DataOptionException">A setting names a column or part that does not exist.</exception>
    public static IExampleReader Open(string path, DataOptions options, string part = "train", SkipCounts? skipped = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(part);
        skipped ??= new SkipCounts();
        var format = FormatOf(path, options);
        return format switch
        {
            DataFormat.Idx => OpenIdx(path, part),
            DataFormat.Images => ImageFolderReader.Open(path, options, part),
            DataFormat.Csv or DataFormat.Tsv => TableReader.Open(FileOf(path, part), options, skipped),
            DataFormat.Jsonl => JsonLinesReader.Open(FileOf(path, part), options, skipped),
            DataFormat.Examples => ExampleLinesReader.Open(FileOf(path, part)),
            DataFormat.Pairs => PairsReader.Open(FileOf(path, part)),
            DataFormat.Voc => VocReader.Open(path, options, part, skipped),
            DataFormat.Coco => CocoReader.Open(path, options, part, skipped),
            _ => BeirReader.Open(path, part),
        };
    }

    /// <summary>Returns true if the set has parts and this is one of them.</summary>
    /// <exception cref="DataSourceException">The path holds no readable data set.</exception>
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
            DataFormat.Coco => CocoFolder.HasPart(path, part),
            DataFormat.Beir => BeirFolder.IsAt(path) && new BeirFolder(path).Parts.Contains(part, StringComparer.Ordinal),
            _ => TableFolder.HasPart(path, part),
        };
    }

    private static DataFormat FormatOf(string path, DataOptions options)
    {
        var isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path))
            throw new DataSourceException(path, "The file or folder does not exist.", SupportedFormats);
        if (options.Format is DataFormat.Images or DataFormat.Voc or DataFormat.Beir && !isFolder)
            throw new DataOptionException("format", options.Format.ToString(), $"{path} is a file but this format requires a folder; set data.path to the folder, or another format");
        if (options.Format != DataFormat.Auto)
            return options.Format;
        return (isFolder ? FormatOfFolder(path, options) : FormatOfFile(path, options)) ?? throw new DataSourceException(path, "Its name does not identify a supported format.", SupportedFormats);
    }

    private static DataFormat? FormatOfFile(string path, DataOptions options)
    {
        if (IdxFolder.IsImages(path))
            return DataFormat.Idx;
        if (CocoFolder.IsFile(path))
            return DataFormat.Coco;
        if (TableFolder.IsJsonLines(path))
            return DataFormat.Jsonl;
        return TableFolder.IsTable(path) || options.Table.Delimiter is not null ? FormatOfTable(path) : null;
    }

    private static DataFormat? FormatOfFolder(string path, DataOptions options)
    {
        if (BeirFolder.IsAt(path))
            return DataFormat.Beir;
        if (CocoFolder.IsAt(path))
            return DataFormat.Coco;
        if (VocFolder.IsAt(path))
            return DataFormat.Voc;
        if (IdxFolder.IsAt(path))
            return DataFormat.Idx;
        if (TableFolder.Find(path, options.Split.Train, strict: false) is { } table)
            return TableFolder.IsJsonLines(table) ? DataFormat.Jsonl : FormatOfTable(table);
        return HiddenNames.VisibleFolders(path).Any() ? DataFormat.Images : null;
    }

    private static DataFormat FormatOfTable(string path) => CompressedFile.Extension(path) == ".tsv" ? DataFormat.Tsv : DataFormat.Csv;

    private static string FileOf(string path, string part) => !Directory.Exists(path)
        ? path
        : TableFolder.Find(path, part) ?? throw new DataSourceException(path, "The folder holds no table and no JSON lines file.", SupportedFormats);

    private static IdxReader OpenIdx(string path, string part)
    {
        var images = Directory.Exists(path) ? IdxFolder.FindImages(path, part) : path;
        return images is not null && IdxFolder.IsImages(images)
            ? IdxReader.Open(images, IdxFolder.LabelsOf(images))
            : throw new DataSourceException(path, "The folder has no IDX images.", SupportedFormats);
    }
}

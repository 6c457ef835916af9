using HnmStreams.Data.Readers.Columnar;

namespace HnmStreams.Data.Readers;

/// <summary>The opening of row sources by the extension of the file.</summary>
internal static class RowSources
{
    public static IRowSource Open(string path, string expected) =>
        IsParquet(path) ? ParquetRows.Open(path) : IsArrow(path) ? ArrowFileRows.Open(path) : LineSource.Open(path, expected);

    public static bool IsArrow(string path) => CompressedFile.Extension(path) is ".arrow" or ".feather";

    public static bool IsParquet(string path) => CompressedFile.Extension(path) is ".parquet";
}

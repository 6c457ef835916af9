namespace HnmStreams.Data.Readers.Idx;

/// <summary>The file names of MNIST and similar sets: train-images-idx3-ubyte.gz with train-labels-idx1-ubyte.gz.</summary>
internal static class IdxFolder
{
    private const string Images = "-images-idx3-ubyte";

    public static bool IsImages(string path) => Path.GetFileName(path).Contains(Images, StringComparison.Ordinal);

    public static bool IsAt(string folder) => HiddenNames.VisibleFiles(folder).Any(IsImages);

    public static bool HasPart(string folder, string part) =>
        HiddenNames.VisibleFiles(folder).Where(IsImages).Any(path => NamesOf(part).Contains(SplitOf(path), StringComparer.Ordinal));

    /// <summary>Returns the images file of a part, or null if the folder holds no IDX files.</summary>
    public static string? FindImages(string folder, string part)
    {
        var found = HiddenNames.VisibleFiles(folder).Where(IsImages).Order(StringComparer.Ordinal).ToArray();
        if (found.Length == 0)
            return null;
        var names = NamesOf(part);
        return found.FirstOrDefault(path => names.Contains(SplitOf(path), StringComparer.Ordinal))
            ?? throw new DataSourceException(folder, $"The part {part} has no IDX images.", string.Join(" or ", found.Select(SplitOf)));
    }

    /// <summary>Returns the labels file of an images file, compressed or not.</summary>
    public static string LabelsOf(string images)
    {
        var labels = Path.Combine(Path.GetDirectoryName(images)!, Path.GetFileName(images).Replace(Images, "-labels-idx1-ubyte", StringComparison.Ordinal));
        if (File.Exists(labels))
            return labels;
        var other = labels.EndsWith(".gz", StringComparison.Ordinal) ? labels[..^3] : labels + ".gz";
        return File.Exists(other) ? other : throw new DataSourceException(labels, "The file does not exist.", $"the labels of {Path.GetFileName(images)}");
    }

    public static string SplitOf(string images)
    {
        var name = Path.GetFileName(images);
        return name[..name.IndexOf(Images, StringComparison.Ordinal)];
    }

    private static string[] NamesOf(string part) => part is "test" ? ["test", "t10k"] : [part];
}

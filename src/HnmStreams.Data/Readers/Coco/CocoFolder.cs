namespace HnmStreams.Data.Readers.Coco;

/// <summary>
/// The layout of a set in the format of COCO: <c>annotations/instances_PART.json</c> with the images in <c>PART</c>, <c>images/PART</c>,
/// <c>images</c> or the folder itself. The annotations may also be in the folder itself, and be compressed.
/// </summary>
internal sealed class CocoFolder
{
    private const string Prefix = "instances_";
    private const string Expected = "instances_PART.json, in a folder annotations or beside the images";

    private CocoFolder(string file, IReadOnlyList<string> imageFolders) => (File, ImageFolders) = (file, imageFolders);

    /// <summary>The path of the annotations.</summary>
    public string File { get; }

    /// <summary>The folders in which images are looked up, in this order.</summary>
    public IReadOnlyList<string> ImageFolders { get; }

    /// <summary>Returns true for a folder with annotations.</summary>
    public static bool IsAt(string root) => Files(root).Any();

    /// <summary>Returns true if a file is named like annotations.</summary>
    public static bool IsFile(string path) =>
        Path.GetFileName(path).StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && CompressedFile.Extension(path) == ".json";

    /// <summary>Returns true if the set has several parts and this is one of them.</summary>
    public static bool HasPart(string root, string part) => Files(root).Skip(1).Any() && FilesOf(root, part).Any();

    /// <param name="path">The folder, or a file with annotations.</param>
    /// <exception cref="DataSourceException">The annotations of the part do not exist, or several files match.</exception>
    public static CocoFolder Open(string path, string part)
    {
        if (!Directory.Exists(path))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return new CocoFolder(path, Images(IsAnnotations(folder) ? Path.GetDirectoryName(folder)! : folder, path));
        }

        var files = Files(path).Order(StringComparer.Ordinal).ToArray();
        // A set with one file has no parts and is read completely.
        var found = files.Length == 1 ? files : [.. FilesOf(path, part)];
        return found.Length == 1
            ? new CocoFolder(found[0], Images(path, found[0]))
            : throw new DataSourceException(
                path, files.Length == 0 ? "It has no annotations." : found.Length == 0 ? $"The part {part} has no annotations." : $"Several files are annotations of the part {part}.",
                files.Length == 0 ? Expected : $"data.split.train and data.split.test name one of {string.Join(", ", files.Select(PartOf))}");
    }

    // The part train is also the one of instances_train2017.json, if no other file has its name.
    private static IEnumerable<string> FilesOf(string root, string part)
    {
        var files = Files(root).Where(f => PartOf(f).StartsWith(part, StringComparison.Ordinal)).ToArray();
        var exact = files.Where(f => PartOf(f).Length == part.Length).ToArray();
        return exact.Length > 0 ? exact : files.Where(f => PartOf(f).AsSpan(part.Length).IndexOfAnyExceptInRange('0', '9') < 0);
    }

    private static IEnumerable<string> Files(string root) =>
        new[] { root, Path.Combine(root, "annotations"), Path.Combine(root, "Annotations") }.Where(Directory.Exists).SelectMany(HiddenNames.VisibleFiles).Where(IsFile);

    private static string PartOf(string file) => CompressedFile.Stem(file)[Prefix.Length..];

    private static bool IsAnnotations(string folder) => string.Equals(Path.GetFileName(folder), "annotations", StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<string> Images(string root, string file)
    {
        var part = IsFile(file) ? PartOf(file) : "";
        string[] folders = [Path.Combine(root, part), Path.Combine(root, "images", part), Path.Combine(root, "images"), root];
        return [.. folders.Distinct(StringComparer.Ordinal).Where(Directory.Exists)];
    }
}

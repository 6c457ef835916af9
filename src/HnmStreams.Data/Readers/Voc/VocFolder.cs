using HnmStreams.Data.Files;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>The layout of a PASCAL VOC set, with today's lower-case or the original folder names.</summary>
internal sealed class VocFolder
{
    private VocFolder(string annotations, string images, string? sets) => (Annotations, Images, Sets) = (annotations, images, sets);

    public string Annotations { get; }

    public string Images { get; }

    /// <summary>The folder with the lists of image names, or null if it does not exist.</summary>
    public string? Sets { get; }

    public static bool IsAt(string root) => Find(root) is not null;

    public static VocFolder Open(string root) => Find(root)
        ?? throw new DataSourceException(root, "The annotations or images are missing.", "folders annotations (or Annotations) with .xml and images (or JPEGImages) with .jpg or .png files");

    public static bool HasPart(string root, string part) => Find(root)?.ListOf(part) is not null;

    /// <summary>Returns the names of the images of a part in the order of its list, or all names in ordinal order if the set has no lists.</summary>
    public IReadOnlyList<string> NamesOf(string part)
    {
        if (Sets is null)
            return [.. FilesByName(Annotations, ".xml").Keys.Order(StringComparer.Ordinal)];
        var list = ListOf(part) ?? throw new DataSourceException(
            Sets, $"The part {part} has no list.", string.Join(" or ", HiddenNames.VisibleFiles(Sets).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        var names = File.ReadAllLines(RegularFile.Required(list)).Select(static l => l.Trim()).Where(static l => l.Length > 0).ToArray();
        // A name becomes part of a path, which must not leave the set.
        return names.FirstOrDefault(static n => n.AsSpan().IndexOfAny('/', '\\') >= 0 || n.StartsWith('.')) is { } outside
            ? throw new DataSourceException(list, $"The list contains '{outside}'.", "one image name per line, without folders")
            : names;
    }

    /// <summary>Returns the files of a folder by their names without extension, for extensions in upper or lower case.</summary>
    public static Dictionary<string, string> FilesByName(string folder, params string[] extensions)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in HiddenNames.VisibleFiles(folder).Order(StringComparer.Ordinal))
        {
            if (extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        return files;
    }

    private string? ListOf(string part) => Sets is null ? null : Existing(Path.Combine(Sets, part + ".txt"));

    private static VocFolder? Find(string root)
    {
        var annotations = Folder(root, "annotations", "Annotations");
        var images = Folder(root, "images", "JPEGImages");
        return annotations is null || images is null
            ? null
            : new VocFolder(annotations, images, Folder(root, "imagesets", Path.Combine("ImageSets", "Main")));
    }

    private static string? Folder(string root, params string[] names) => names.Select(n => Path.Combine(root, n)).FirstOrDefault(Directory.Exists);

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}

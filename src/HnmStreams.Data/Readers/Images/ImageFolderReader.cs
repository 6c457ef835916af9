using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Images;

/// <summary>
/// A reader of sets with one folder per class (or person) that holds JPEG, PNG or binary PGM files; ids are <c>class/file</c>.
/// If the folder has a subfolder named like the part that holds folders itself (train/cat/1.jpg), that subfolder is read.
/// Classes and files are read in ordinal order. PGM files are decoded to a uint8 tensor [height, width].
/// </summary>
internal sealed class ImageFolderReader : IExampleReader
{
    private const string Expected = "one folder per class with .jpg, .jpeg, .png or .pgm files in it";
    private readonly (string Class, string File)[] _files;
    private readonly int _maxBytes;

    private ImageFolderReader((string Class, string File)[] files, int maxBytes)
    {
        _files = files;
        _maxBytes = maxBytes;
    }

    public int? Count => _files.Length;

    public static bool HasPart(string root, string part) =>
        Directory.Exists(Path.Combine(root, part)) && HiddenNames.VisibleFolders(Path.Combine(root, part)).Any();

    public static ImageFolderReader Open(string root, DataOptions options, string part)
    {
        if (HasPart(root, part))
            root = Path.Combine(root, part);
        var files = HiddenNames.VisibleFolders(root)
            .Order(StringComparer.Ordinal)
            .SelectMany(static folder => HiddenNames.VisibleFiles(folder)
                .Where(IsImage)
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(folder), file)))
            .ToArray();
        if (files.Length == 0)
            throw new DataSourceException(root, "The folders hold no JPEG, PNG or PGM file.", Expected);
        return new ImageFolderReader(files, options.MaxImageBytes);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        Target.Label? target = null;
        foreach (var (name, file) in _files)
        {
            ct.ThrowIfCancellationRequested();
            if (target?.Name != name)
                target = new Target.Label(name);
            yield return new Example($"{name}/{Path.GetFileName(file)}", target, Load(file));
        }
    }

    private static bool IsImage(string path) => CompressedFile.Extension(path) is ".jpg" or ".jpeg" or ".png" or ".pgm";

    private ExampleInput Load(string file)
    {
        var bytes = ImageFile.Load(file, _maxBytes);
        if (bytes.AsSpan().StartsWith("P5"u8))
            return PgmImage.Decode(bytes, out var problem) ?? throw new DataSourceException(file, problem, PgmImage.Expected);
        return ImageFile.Encoded(file, bytes);
    }
}

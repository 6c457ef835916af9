using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers;

/// <summary>
/// A folder a class with JPEG or PNG files in it; ids are <c>class/file</c>. Where the folder has one of the split's
/// name that holds folders itself (train/cat/1.jpg), that one is read. Classes and files come in ordinal order.
/// </summary>
internal sealed class ImageFolderReader : IExampleReader
{
    private const string Expected = "one folder a class with .jpg, .jpeg or .png files in it";
    private readonly (string Class, string File)[] _files;
    private readonly int _maxBytes;

    private ImageFolderReader((string Class, string File)[] files, int maxBytes)
    {
        _files = files;
        _maxBytes = maxBytes;
    }

    public int? Count => _files.Length;

    public static ImageFolderReader Open(string root, ReaderOptions options)
    {
        var split = Path.Combine(root, options.Split);
        if (Directory.Exists(split) && Directory.EnumerateDirectories(split).Any())
            root = split;
        var files = Directory.EnumerateDirectories(root)
            .Order(StringComparer.Ordinal)
            .SelectMany(static folder => Directory.EnumerateFiles(folder)
                .Where(IsImage)
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(folder), file)))
            .ToArray();
        if (files.Length == 0)
            throw new DataSourceException(root, "There is no JPEG or PNG file in its folders.", Expected);
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
            yield return new Example($"{name}/{Path.GetFileName(file)}", target, new ExampleInput.EncodedImage(Load(file)));
        }
    }

    private static bool IsImage(string path) => DataFile.Ending(path) is ".jpg" or ".jpeg" or ".png";

    private byte[] Load(string file)
    {
        using var stream = DataFile.Open(file, Expected);
        if (stream is not FileStream || stream.Length > _maxBytes)
            throw new DataSourceException(file, "It is packed, or too large.", $"at most {_maxBytes} bytes of JPEG or PNG");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (Wire.ExampleRules.Image(bytes) is { } fault)
            throw new DataSourceException(file, fault.Detail, "a JPEG or PNG file");
        return bytes;
    }
}

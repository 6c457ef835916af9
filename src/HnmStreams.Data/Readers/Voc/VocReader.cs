using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>
/// A reader of images with bounding boxes in the layout of PASCAL VOC; ids are the names of the images. Boxes without area are
/// skipped and counted.
/// </summary>
internal sealed class VocReader : IExampleReader
{
    private readonly VocFolder _folder;
    private readonly IReadOnlyList<string> _names;
    private readonly int _maxBytes;
    private readonly SkipCounts _skipped;

    private VocReader(VocFolder folder, IReadOnlyList<string> names, int maxBytes, SkipCounts skipped) =>
        (_folder, _names, _maxBytes, _skipped) = (folder, names, maxBytes, skipped);

    public int? Count => _names.Count;

    public static VocReader Open(string root, DataOptions options, string part, SkipCounts skipped)
    {
        var folder = VocFolder.Open(root);
        var names = folder.NamesOf(part);
        return names.Count > 0
            ? new VocReader(folder, names, options.MaxImageBytes, skipped)
            : throw new DataSourceException(root, $"The part {part} has no images.", "one name per line, or .xml files in annotations");
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        var annotations = VocFolder.FilesByName(_folder.Annotations, ".xml");
        var images = VocFolder.FilesByName(_folder.Images, ".jpg", ".jpeg", ".png");
        foreach (var name in _names)
        {
            ct.ThrowIfCancellationRequested();
            var annotation = annotations.GetValueOrDefault(name, Path.Combine(_folder.Annotations, name + ".xml"));
            var file = images.GetValueOrDefault(name)
                ?? throw new DataSourceException(Path.Combine(_folder.Images, name), "The image does not exist.", "one image per annotation: .jpg, .jpeg or .png");
            var image = ImageFile.Encoded(file, ImageFile.Load(file, _maxBytes));
            yield return new Example(name, new Target.Boxes(VocAnnotation.Read(annotation, name, ImageHeader.Read(image.Data.Span), _skipped)), image);
        }
    }
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Readers.Coco;

/// <summary>
/// A reader of images with bounding boxes in the format of COCO (cocodataset.org/#format-data); ids are the file names of the images. Crowds
/// (<c>iscrowd</c>) are difficult objects. Outlines and key points are not read. Images without annotations show background only.
/// </summary>
internal sealed class CocoReader : IExampleReader
{
    private readonly CocoFolder _folder;
    private readonly int _maxBytes;
    private readonly SkipCounts _skipped;

    private CocoReader(CocoFolder folder, int maxBytes, SkipCounts skipped) => (_folder, _maxBytes, _skipped) = (folder, maxBytes, skipped);

    public int? Count => null;

    public static CocoReader Open(string path, DataOptions options, string part, SkipCounts skipped)
    {
        var folder = CocoFolder.Open(path, part);
        CompressedFile.Open(folder.File, "annotations in JSON").Dispose();
        return new CocoReader(folder, options.MaxImageBytes, skipped);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        var annotations = CocoAnnotations.Read(_folder.File, _skipped, ct);
        for (var i = 0; i < annotations.Images.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var image = annotations.Images[i];
            var file = PathOf(image.FileName);
            var encoded = ImageFile.Encoded(file, ImageFile.Load(file, _maxBytes));
            var (width, height) = BoxClipping.SizeOf(_folder.File, image.FileName, (image.Width, image.Height), ImageHeader.Read(encoded.Data.Span));
            LabeledBox[] boxes = [.. annotations.BoxesOf(i).Select(box => BoxClipping.Clip(box, width, height, image.FileName, _skipped)).OfType<LabeledBox>()];
            yield return new Example(image.FileName, new Target.Boxes(boxes), encoded);
        }
    }

    private string PathOf(string name)
    {
        // The name becomes a path, which must not leave the set. Some tools write it with backslashes.
        var parts = name.Split('/', '\\');
        if (parts.Any(static p => p is "" or "." or ".."))
            throw new DataSourceException(_folder.File, $"The file name of an image is '{name}'.", "a name below the folder of the images");
        var candidates = _folder.ImageFolders.Select(folder => Path.Combine([folder, .. parts])).ToArray();
        return Array.Find(candidates, File.Exists)
            ?? throw new DataSourceException(candidates[0], "The image does not exist.", $"one image per element of 'images', in {string.Join(" or ", _folder.ImageFolders)}");
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Coco;

/// <summary>
/// The images and boxes of a file of annotations. The file is read as a stream, because that of COCO's training part has 450 MB, most of
/// it outlines of objects. Takes 32 bytes per box and the names of the images.
/// </summary>
internal sealed class CocoAnnotations
{
    private const string Expected = "a JSON object with images, annotations and categories in the format of COCO";
    private const int MaxBoxes = 10_000;

    private readonly Dictionary<long, string> _labels = [];
    private readonly Dictionary<long, int> _numbers = [];
    private readonly List<CocoImage> _images = [];
    private readonly List<Stored> _boxes = [];
    private int[] _starts = [];

    private CocoAnnotations()
    {
    }

    /// <summary>The images in the order of the file.</summary>
    public IReadOnlyList<CocoImage> Images => _images;

    /// <exception cref="DataSourceException">The file is not in this format.</exception>
    public static CocoAnnotations Read(string path, SkipCounts skipped, CancellationToken ct)
    {
        var annotations = new CocoAnnotations();
        var arrays = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        using var stream = CompressedFile.Open(path, Expected);
        var elements = new JsonArrayElements(stream);
        try
        {
            for (; elements.Read(); number++)
            {
                ct.ThrowIfCancellationRequested();
                if (arrays.Add(elements.Array))
                    number = 0;
                annotations.Take(elements, number);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new DataSourceException(path, $"Element {number} of '{elements.Array}': {e.Message}", Expected, e);
        }

        if (annotations._images.Count == 0 || annotations._labels.Count == 0)
            throw new DataSourceException(path, $"It has {annotations._images.Count} images and {annotations._labels.Count} categories.", Expected);
        annotations.Group(path, skipped);
        return annotations;
    }

    /// <summary>Returns the boxes of an image as they are written, in the order of the file.</summary>
    /// <param name="image">The number of the image.</param>
    public IEnumerable<LabeledBox> BoxesOf(int image)
    {
        for (var i = _starts[image]; i < _starts[image + 1]; i++)
        {
            var (_, category, left, top, width, height, isCrowd) = _boxes[i];
            yield return new LabeledBox(left, top, left + width, top + height, _labels[category], isCrowd);
        }
    }

    private void Take(JsonArrayElements elements, int number)
    {
        switch (elements.Array)
        {
            case "images":
                var image = Parse(elements, CocoJsonContext.Default.CocoImage);
                if (!_numbers.TryAdd(image.Id, _images.Count))
                    throw new InvalidDataException($"The image id {image.Id} occurs twice.");
                _images.Add(image);
                break;
            case "categories":
                var category = Parse(elements, CocoJsonContext.Default.CocoCategory);
                if (!_labels.TryAdd(category.Id, LabelText.Canonical(category.Name)) || category.Name.Length == 0)
                    throw new InvalidDataException($"The category id {category.Id} occurs twice, or its name is empty.");
                break;
            case "annotations":
                var box = Parse(elements, CocoJsonContext.Default.CocoAnnotation);
                if (box.Bbox is not [var left, var top, var width, var height] || !float.IsFinite(left + top + width + height))
                    throw new InvalidDataException($"The bbox of annotation {box.Id} must have four finite numbers: left, top, width and height.");
                _boxes.Add(new Stored(box.ImageId, box.CategoryId, left, top, width, height, box.IsCrowd != 0));
                break;
        }
    }

    private static T Parse<T>(JsonArrayElements elements, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(elements.Element, type) ?? throw new JsonException("It is null.");

    // Sorts the boxes by image; the sort is stable. Categories and images may follow the annotations in the file.
    private void Group(string path, SkipCounts skipped)
    {
        foreach (var box in _boxes)
        {
            if (!_labels.ContainsKey(box.Category))
                throw new DataSourceException(path, $"A box of image {box.Image} has the category {box.Category}.", $"one of the ids in 'categories': {string.Join(", ", _labels.Keys.Order().Take(20))}");
            if (!_numbers.ContainsKey(box.Image))
                skipped.Add("boxes of images that are not listed", FormattableString.Invariant($"image {box.Image}"));
        }

        var sorted = _boxes.Where(b => _numbers.ContainsKey(b.Image)).OrderBy(b => _numbers[b.Image]).ToArray();
        _boxes.Clear();
        _boxes.AddRange(sorted);
        _starts = new int[_images.Count + 1];
        foreach (var box in sorted)
            _starts[_numbers[box.Image] + 1]++;
        for (var i = 0; i < _images.Count; i++)
        {
            if (_starts[i + 1] > MaxBoxes)
                throw new DataSourceException(path, $"The image {_images[i].FileName} has {_starts[i + 1]} boxes.", $"at most {MaxBoxes}");
            _starts[i + 1] += _starts[i];
        }
    }

    private readonly record struct Stored(long Image, long Category, float Left, float Top, float Width, float Height, bool IsCrowd);
}

using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>An annotation file of PASCAL VOC: objects with a name and a bounding box in pixels (host.robots.ox.ac.uk/pascal/VOC).</summary>
internal static class VocAnnotation
{
    public const string WithoutArea = "boxes without area";
    public const string Clipped = "boxes clipped to the image";
    private const int MaxBoxes = 10_000;
    private const int MaxCharacters = 4 << 20;

    // Document types, and with them entities, are prohibited; nothing is fetched; sizes are bounded.
    private static readonly XmlReaderSettings StrictSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        MaxCharactersFromEntities = 1,
    };

    /// <summary>Returns the boxes clipped to the image (the corner pixels belong to the box), without those that have no area.</summary>
    /// <param name="image">The size of the image, or null if it cannot be read; then the size in the annotation is used.</param>
    /// <exception cref="DataSourceException">The file is not a valid annotation, or its size is not that of the image.</exception>
    public static List<LabeledBox> Read(string path, string id, ImageHeader? image, SkipCounts skipped)
    {
        var root = Load(path);
        if (root.Name.LocalName != "annotation")
            throw new DataSourceException(path, $"The root element is <{root.Name.LocalName}>.", "<annotation>");
        var (width, height) = SizeOf(path, root, image);
        var boxes = new List<LabeledBox>();
        foreach (var item in root.Elements("object"))
        {
            var label = item.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(label) || item.Element("bndbox") is not { } corners)
                throw new DataSourceException(path, $"Object {boxes.Count + 1} has no name or no bndbox.", "both in every object");
            var written = new LabeledBox(
                Number(path, corners, "xmin"), Number(path, corners, "ymin"), Number(path, corners, "xmax"), Number(path, corners, "ymax"),
                LabelText.Canonical(label), item.Element("difficult")?.Value.Trim() is "1" or "true");
            var box = written with
            {
                Left = Math.Max(written.Left, 0),
                Top = Math.Max(written.Top, 0),
                Right = Math.Min(written.Right, width),
                Bottom = Math.Min(written.Bottom, height),
            };
            if (box.Right <= box.Left || box.Bottom <= box.Top)
            {
                skipped.Add(WithoutArea, id);
                continue;
            }

            if (boxes.Count == MaxBoxes)
                throw new DataSourceException(path, "The annotation has too many objects.", $"at most {MaxBoxes}");
            if (box != written)
                skipped.Add(Clipped, id);
            boxes.Add(box);
        }

        return boxes;
    }

    // Some tools write a size of 0 x 0. Boxes of an unknown size are clipped at the left and top only.
    private static (float Width, float Height) SizeOf(string path, XElement root, ImageHeader? image)
    {
        var size = root.Element("size");
        var known = int.TryParse(size?.Element("width")?.Value, CultureInfo.InvariantCulture, out var width)
            & int.TryParse(size?.Element("height")?.Value, CultureInfo.InvariantCulture, out var height) && width > 0 && height > 0;
        if (image is not { } actual)
            return known ? (width, height) : (float.MaxValue, float.MaxValue);
        if (known && (width, height) != (actual.Width, actual.Height))
        {
            var orientation = actual.Orientation == 1 ? "" : $" with its EXIF orientation {actual.Orientation} applied";
            throw new DataSourceException(
                path, $"The annotation is for an image of {width} x {height} pixels, but the image has {actual.Width} x {actual.Height}{orientation}.",
                "boxes and <size> in pixels of the upright image");
        }

        return (actual.Width, actual.Height);
    }

    private static XElement Load(string path)
    {
        try
        {
            using var stream = CompressedFile.Open(path, "an annotation in XML");
            using var xml = XmlReader.Create(stream, StrictSettings);
            return XElement.Load(xml);
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw new DataSourceException(path, e.Message, $"XML without a document type, of at most {MaxCharacters} characters", e);
        }
    }

    private static float Number(string path, XElement corners, string name)
    {
        var text = corners.Element(name)?.Value.Trim();
        return NumberParser.TryParseFinite(text, out float number)
            ? number
            : throw new DataSourceException(path, string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'."), "a number of pixels");
    }
}

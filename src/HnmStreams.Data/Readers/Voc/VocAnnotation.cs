using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>An annotation file of PASCAL VOC: objects with a name and a bounding box in pixels (host.robots.ox.ac.uk/pascal/VOC).</summary>
internal static class VocAnnotation
{
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
        var (width, height) = SizeOf(path, id, root, image);
        var boxes = new List<LabeledBox>();
        foreach (var item in root.Elements("object"))
        {
            var label = item.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(label) || item.Element("bndbox") is not { } corners)
                throw new DataSourceException(path, $"Object {boxes.Count + 1} has no name or no bndbox.", "both in every object");
            var written = new LabeledBox(
                Number(path, corners, "xmin"), Number(path, corners, "ymin"), Number(path, corners, "xmax"), Number(path, corners, "ymax"),
                LabelText.Canonical(label), item.Element("difficult")?.Value.Trim() is "1" or "true");
            if (BoxClipping.Clip(written, width, height, id, skipped) is not { } box)
                continue;
            if (boxes.Count == MaxBoxes)
                throw new DataSourceException(path, "The annotation has too many objects.", $"at most {MaxBoxes}");
            boxes.Add(box);
        }

        return boxes;
    }

    private static (float Width, float Height) SizeOf(string path, string id, XElement root, ImageHeader? image)
    {
        var size = root.Element("size");
        var known = int.TryParse(size?.Element("width")?.Value, CultureInfo.InvariantCulture, out var width)
            & int.TryParse(size?.Element("height")?.Value, CultureInfo.InvariantCulture, out var height);
        return BoxClipping.SizeOf(path, id, known ? (width, height) : default, image);
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

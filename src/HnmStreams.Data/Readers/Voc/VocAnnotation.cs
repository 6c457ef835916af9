using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>An annotation file of PASCAL VOC: objects with a name and a bounding box in pixels (host.robots.ox.ac.uk/pascal/VOC).</summary>
internal static class VocAnnotation
{
    public const string WithoutArea = "boxes without area";
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

    /// <summary>Returns the boxes as written (the corner pixels belong to the box), without those that have no area.</summary>
    /// <exception cref="DataSourceException">The file is not a valid annotation.</exception>
    public static List<Box> Read(string path, SkipCounts skipped)
    {
        var root = Load(path);
        if (root.Name.LocalName != "annotation")
            throw new DataSourceException(path, $"The root element is <{root.Name.LocalName}>.", "<annotation>");
        var boxes = new List<Box>();
        foreach (var item in root.Elements("object"))
        {
            var label = item.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(label) || item.Element("bndbox") is not { } corners)
                throw new DataSourceException(path, $"Object {boxes.Count + 1} has no name or no bndbox.", "both in every object");
            var box = new Box(Number(path, corners, "xmin"), Number(path, corners, "ymin"), Number(path, corners, "xmax"), Number(path, corners, "ymax"), label);
            if (box.Right <= box.Left || box.Bottom <= box.Top)
                skipped.Add(WithoutArea);
            else if (boxes.Count == MaxBoxes)
                throw new DataSourceException(path, "The annotation has too many objects.", $"at most {MaxBoxes}");
            else
                boxes.Add(box);
        }

        return boxes;
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
        return NumberParser.TryParseFinite(text, out float number) && number >= 0
            ? number
            : throw new DataSourceException(path, string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'."), "a number of pixels, 0 or more");
    }
}

using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Voc;

/// <summary>An annotation of PASCAL VOC: objects with a name and a bounding box in pixels (host.robots.ox.ac.uk/pascal/VOC).</summary>
internal static class VocAnnotation
{
    public const string WithoutArea = "boxes without area";
    private const int MostBoxes = 10_000;
    private const int MostBytes = 4 << 20;

    // No document type, so no entities; nothing is fetched; sizes are bounded.
    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostBytes,
        MaxCharactersFromEntities = 1,
    };

    /// <summary>The boxes as they stand there (their corners belong to them), without those that have no area.</summary>
    /// <exception cref="DataSourceException">It is no such file.</exception>
    public static List<Box> Read(string path, SkipCounts skipped)
    {
        var root = Load(path);
        if (root.Name.LocalName != "annotation")
            throw new DataSourceException(path, $"Its root is <{root.Name.LocalName}>.", "<annotation>");
        var boxes = new List<Box>();
        foreach (var item in root.Elements("object"))
        {
            var label = item.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(label) || item.Element("bndbox") is not { } corners)
                throw new DataSourceException(path, $"Object {boxes.Count + 1} has no name or no bndbox.", "both in every object");
            var box = new Box(Number(path, corners, "xmin"), Number(path, corners, "ymin"), Number(path, corners, "xmax"), Number(path, corners, "ymax"), label);
            if (box.Right <= box.Left || box.Bottom <= box.Top)
                skipped.Add(WithoutArea);
            else if (boxes.Count == MostBoxes)
                throw new DataSourceException(path, "It has too many objects.", $"at most {MostBoxes}");
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
            using var xml = XmlReader.Create(stream, Strict);
            return XElement.Load(xml);
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw new DataSourceException(path, e.Message, $"XML without a document type, of at most {MostBytes} characters", e);
        }
    }

    private static float Number(string path, XElement corners, string name)
    {
        var text = corners.Element(name)?.Value.Trim();
        return NumberParser.TryParseFinite(text, out float number) && number >= 0
            ? number
            : throw new DataSourceException(path, string.Create(CultureInfo.InvariantCulture, $"Its {name} is '{text}'."), "a number of pixels, 0 or more");
    }
}

using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Json;

/// <summary>One JSON object a line: a field with the target, and a text, numbers and words, or an array of numbers as the input.</summary>
internal sealed class JsonLinesReader : IExampleReader
{
    private const string Expected = "one JSON object a line";
    private readonly string _path;
    private readonly JsonLineMapping _fields;

    private JsonLinesReader(string path, JsonLineMapping fields) => (_path, _fields) = (path, fields);

    public int? Count => null;

    public static JsonLinesReader Open(string path, DataOptions options)
    {
        using var source = LineSource.Open(path, Expected);
        if (!source.Next(out var line))
            throw new DataSourceException(path, "It has no lines.", Expected);
        var fields = Parsed(source, line, first =>
        {
            var fields = JsonLineMapping.Of(first, options.Columns, Path.GetFileName(path));
            fields.Read(first, source, "");
            return fields;
        });
        return new JsonLinesReader(path, fields);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = LineSource.Open(_path, Expected);
        var stem = CompressedFile.Stem(_path);
        while (source.Next(out var line))
        {
            ct.ThrowIfCancellationRequested();
            yield return Parsed(source, line, l => _fields.Read(l, source, $"{stem}-{NumberParser.Format(source.Line)}"));
        }
    }

    // Text that is no Unicode is found when it is asked for, and then as an invalid operation.
    private static T Parsed<T>(LineSource source, ReadOnlyMemory<byte> line, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw source.Damaged("It is no object.", Expected);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Damaged(e.Message, Expected, e);
        }
    }
}

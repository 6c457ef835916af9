using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Json;

/// <summary>
/// A reader of files with one JSON object per line: one field holds the target, the others a text, an array of numbers, or
/// numbers and categories as the input.
/// </summary>
internal sealed class JsonLinesReader : IExampleReader
{
    private const string Expected = "one JSON object per line";
    private readonly string _path;
    private readonly JsonLineMapping _fields;

    private JsonLinesReader(string path, JsonLineMapping fields) => (_path, _fields) = (path, fields);

    public int? Count => null;

    /// <summary>Opens a file and reads its sample.</summary>
    public static JsonLinesReader Open(string path, DataOptions options, SkipCounts skipped)
    {
        using var source = RowSources.Open(path, Expected);
        var sample = new JsonSample(options);
        while (!sample.IsFull && source.Next(out var line))
        {
            Parsed(source, line, l =>
            {
                sample.Add(l);
                return true;
            });
        }

        return source.Line > 0
            ? new JsonLinesReader(path, JsonLineMapping.Of(sample, options, Path.GetFileName(path), skipped))
            : throw new DataSourceException(path, "The file has no lines.", Expected);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = RowSources.Open(_path, Expected);
        var stem = CompressedFile.Stem(_path);
        while (source.Next(out var line))
        {
            ct.ThrowIfCancellationRequested();
            yield return Parsed(source, line, l => _fields.Read(l, source, $"{stem}-{NumberParser.Format(source.Line)}"));
        }
    }

    // Invalid Unicode is only detected when a string is read, and then reported as InvalidOperationException.
    private static T Parsed<T>(IRowSource source, ReadOnlyMemory<byte> line, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw source.Damaged("The line is not a JSON object.", Expected);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Damaged(e.Message, Expected, e);
        }
    }
}

using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>A reader of tables: one column holds the target, the others numbers, categories or a text as the input.</summary>
internal sealed class TableReader : IExampleReader
{
    private readonly string _path;
    private readonly DataOptions _options;
    private readonly TableColumns _columns;
    private readonly MissingWords _missing;
    private readonly SkipCounts _skipped;

    private TableReader(string path, DataOptions options, TableColumns columns, SkipCounts skipped)
    {
        (_path, _options, _columns, _skipped) = (path, options, columns, skipped);
        _missing = new MissingWords(options.Table.Missing);
    }

    public int? Count => null;

    /// <summary>Opens a table and reads its sample.</summary>
    public static TableReader Open(string path, DataOptions options, SkipCounts skipped)
    {
        using var source = TableSource.Open(path, options);
        return new TableReader(path, options, TableColumns.Of(source, options), skipped);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = TableSource.Open(_path, _options);
        var stem = CompressedFile.Stem(_path);
        var targets = new TableTargets(source, _columns, _options.Columns);
        var features = new TableFeatures(_columns, _missing, source, _skipped);
        var side = (int)Math.Sqrt(_columns.Inputs.Length);
        int[] shape = _columns.Form == TableForm.Pixels ? [side, side] : [_columns.Inputs.Length];
        while (source.Next())
        {
            ct.ThrowIfCancellationRequested();
            var id = _columns.Id >= 0 ? source.Rows.GetString(_columns.Id) : $"{stem}-{NumberParser.Format(source.Rows.RowNumber)}";
            if (id.Length == 0)
                throw source.Damaged($"The id column {source.Columns[_columns.Id]} is empty.", "an id in every row");
            yield return new Example(
                id, targets.Read(), ReadInput(source, shape, features), ReadTime(source), ReadWeight(source, _columns.Weight));
        }
    }

    private DateTimeOffset? ReadTime(TableSource source)
    {
        if (_columns.Time < 0)
            return null;
        var text = source.Rows.GetFieldSpan(_columns.Time);
        if (_missing.Contains(text))
            return null;
        return EventTimes.TryParse(text, _options.Columns.TimeUnit, out var time) ? time : throw source.Unreadable(_columns.Time, EventTimes.Allowed);
    }

    private static float ReadWeight(TableSource source, int ordinal)
    {
        if (ordinal < 0)
            return 1;
        return NumberParser.TryParseFinite(source.Rows.GetFieldSpan(ordinal), source.Numbers, out float weight) && weight > 0 ? weight : throw source.Unreadable(ordinal, "a finite number above 0");
    }

    private ExampleInput ReadInput(TableSource source, int[] shape, TableFeatures features) => _columns.Form switch
    {
        TableForm.Text => new ExampleInput.Text(source.Rows.GetString(_columns.Inputs[0])),
        TableForm.Floats => new ExampleInput.Dense(ElementType.Float32, shape, ReadFloats(source, _columns.Inputs)),
        TableForm.Pixels => new ExampleInput.Dense(ElementType.UInt8, shape, ReadPixels(source, _columns.Inputs)),
        _ => new ExampleInput.Features(features.Read()),
    };

    private static byte[] ReadFloats(TableSource source, int[] ordinals)
    {
        var bytes = new byte[ordinals.Length * sizeof(float)];
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (!NumberParser.TryParseFinite(source.Rows.GetFieldSpan(ordinals[i]), source.Numbers, out float number))
                throw source.Unreadable(ordinals[i], "a finite number; set data.columns.input to features if values are missing or words");
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), number);
        }

        return bytes;
    }

    private static byte[] ReadPixels(TableSource source, int[] ordinals)
    {
        var bytes = new byte[ordinals.Length];
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (!NumberParser.TryParseIndex(source.Rows.GetFieldSpan(ordinals[i]), out var pixel) || pixel > byte.MaxValue)
                throw source.Unreadable(ordinals[i], "a whole number from 0 to 255");
            bytes[i] = (byte)pixel;
        }

        return bytes;
    }
}

using System.Buffers.Binary;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers;

/// <summary>A table: a column with the target, and numbers, words or a text as the input.</summary>
internal sealed class CsvReader : IExampleReader
{
    private readonly string _path;
    private readonly ReaderOptions _options;

    private CsvReader(string path, ReaderOptions options)
    {
        _path = path;
        _options = options;
    }

    public int? Count => null;

    public static CsvReader Open(string path, ReaderOptions options)
    {
        using var source = CsvSource.Open(path, options);
        if (!source.Next())
            throw new DataSourceException(path, "It has no rows.", "a table with at least one row");
        CsvColumns.Of(source, options);
        return new CsvReader(path, options);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = CsvSource.Open(_path, _options);
        var stem = DataFile.Stem(_path);
        var labels = new Dictionary<string, Target>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        CsvColumns? columns = null;
        int[] shape = [];
        while (source.Next())
        {
            ct.ThrowIfCancellationRequested();
            if (columns is null)
            {
                columns = CsvColumns.Of(source, _options);
                var side = (int)Math.Sqrt(columns.Inputs.Length);
                shape = columns.Form == CsvForm.Pixels ? [side, side] : [columns.Inputs.Length];
            }

            var id = columns.Id >= 0 ? source.Rows.GetString(columns.Id) : $"{stem}-{Number.Text(source.Rows.RowNumber)}";
            yield return new Example(id, ReadTarget(source, columns, labels), ReadInput(source, columns, shape));
        }
    }

    private static Target ReadTarget(CsvSource source, CsvColumns columns, Dictionary<string, Target>.AlternateLookup<ReadOnlySpan<char>> known)
    {
        var text = source.Rows.GetFieldSpan(columns.Label);
        if (known.TryGetValue(text, out var target))
            return target;
        if (text.IsEmpty)
            throw source.Damaged("It has no label.", "a class in every row");
        if (columns.Named)
            target = new Target.Label(text.ToString());
        else if (Number.TryIndex(text, out var index))
            target = new Target.ClassIndex(index);
        else
            throw source.Damaged($"Its label is {text}.", "a whole number of 0 or more, as in the first row");
        known[text] = target;
        return target;
    }

    private static ExampleInput ReadInput(CsvSource source, CsvColumns columns, int[] shape) => columns.Form switch
    {
        CsvForm.Text => new ExampleInput.Text(source.Rows.GetString(columns.Inputs[0])),
        CsvForm.Floats => new ExampleInput.Dense(ElementType.Float32, shape, ReadFloats(source, columns.Inputs)),
        CsvForm.Pixels => new ExampleInput.Dense(ElementType.UInt8, shape, ReadPixels(source, columns.Inputs)),
        _ => new ExampleInput.Features(ReadFeatures(source, columns.Inputs)),
    };

    private static byte[] ReadFloats(CsvSource source, int[] ordinals)
    {
        var bytes = new byte[ordinals.Length * sizeof(float)];
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (!Number.TryFinite(source.Rows.GetFieldSpan(ordinals[i]), out float number))
                throw Unreadable(source, ordinals[i], "a finite number");
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), number);
        }

        return bytes;
    }

    private static byte[] ReadPixels(CsvSource source, int[] ordinals)
    {
        var bytes = new byte[ordinals.Length];
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (!Number.TryIndex(source.Rows.GetFieldSpan(ordinals[i]), out var pixel) || pixel > byte.MaxValue)
                throw Unreadable(source, ordinals[i], "a whole number from 0 to 255");
            bytes[i] = (byte)pixel;
        }

        return bytes;
    }

    private static List<Feature> ReadFeatures(CsvSource source, int[] ordinals)
    {
        var features = new List<Feature>(ordinals.Length);
        foreach (var ordinal in ordinals)
        {
            var text = source.Rows.GetFieldSpan(ordinal);
            if (text.IsEmpty)
                continue;
            features.Add(Number.TryFinite(text, out double number)
                ? new Feature(source.Columns[ordinal], number, null)
                : new Feature(source.Columns[ordinal], 0, text.ToString()));
        }

        return features;
    }

    private static DataSourceException Unreadable(CsvSource source, int ordinal, string expected) =>
        source.Damaged($"The column {source.Columns[ordinal]} holds '{source.Rows.GetFieldSpan(ordinal)}'.", expected);
}

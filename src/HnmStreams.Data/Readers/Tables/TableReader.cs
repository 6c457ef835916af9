using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>A reader of tables: one column holds the target, the others numbers, categories or a text as the input.</summary>
internal sealed class TableReader : IExampleReader
{
    private readonly string _path;
    private readonly DataOptions _options;

    private TableReader(string path, DataOptions options)
    {
        _path = path;
        _options = options;
    }

    public int? Count => null;

    public static TableReader Open(string path, DataOptions options)
    {
        using var source = TableSource.Open(path, options);
        if (!source.Next())
            throw new DataSourceException(path, "The table has no rows.", "a table with at least one row");
        TableColumns.Of(source, options.Columns);
        return new TableReader(path, options);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = TableSource.Open(_path, _options);
        var stem = CompressedFile.Stem(_path);
        var labels = new Dictionary<string, Target>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var words = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        TableColumns? columns = null;
        int[] shape = [];
        while (source.Next())
        {
            ct.ThrowIfCancellationRequested();
            if (columns is null)
            {
                columns = TableColumns.Of(source, _options.Columns);
                var side = (int)Math.Sqrt(columns.Inputs.Length);
                shape = columns.Form == TableForm.Pixels ? [side, side] : [columns.Inputs.Length];
            }

            var id = columns.Id >= 0 ? source.Rows.GetString(columns.Id) : $"{stem}-{NumberParser.Format(source.Rows.RowNumber)}";
            if (id.Length == 0)
                throw source.Damaged($"The id column {source.Columns[columns.Id]} is empty.", "an id in every row");
            yield return new Example(
                id, ReadTarget(source, columns, labels), ReadInput(source, columns, shape, words), ReadTime(source, columns.Time), ReadWeight(source, columns.Weight));
        }
    }

    private static Target ReadTarget(TableSource source, TableColumns columns, Dictionary<string, Target>.AlternateLookup<ReadOnlySpan<char>> known)
    {
        var text = source.Rows.GetFieldSpan(columns.Label);
        if (known.TryGetValue(text, out var target))
            return target;
        if (text.IsWhiteSpace())
            throw source.Damaged("The label is blank.", "a class in every row");
        if (columns.HasNames)
            target = new Target.Label(LabelText.Canonical(text.ToString()));
        else if (LabelText.TryClassIndex(text, out var index))
            target = new Target.ClassIndex(index);
        else
            throw source.Damaged($"The label is {text}.", "a whole number of 0 or more, as in the first row");
        known[text] = target;
        return target;
    }

    private static DateTimeOffset? ReadTime(TableSource source, int ordinal)
    {
        if (ordinal < 0 || source.Rows.GetFieldSpan(ordinal).IsEmpty)
            return null;
        return EventTimes.TryParse(source.Rows.GetFieldSpan(ordinal), out var time) ? time : throw Unreadable(source, ordinal, EventTimes.Allowed);
    }

    private static float ReadWeight(TableSource source, int ordinal)
    {
        if (ordinal < 0)
            return 1;
        return NumberParser.TryParseFinite(source.Rows.GetFieldSpan(ordinal), out float weight) && weight > 0 ? weight : throw Unreadable(source, ordinal, "a finite number above 0");
    }

    private static ExampleInput ReadInput(
        TableSource source, TableColumns columns, int[] shape, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> words) => columns.Form switch
        {
            TableForm.Text => new ExampleInput.Text(source.Rows.GetString(columns.Inputs[0])),
            TableForm.Floats => new ExampleInput.Dense(ElementType.Float32, shape, ReadFloats(source, columns.Inputs)),
            TableForm.Pixels => new ExampleInput.Dense(ElementType.UInt8, shape, ReadPixels(source, columns.Inputs)),
            _ => new ExampleInput.Features(ReadFeatures(source, columns, words)),
        };

    private static byte[] ReadFloats(TableSource source, int[] ordinals)
    {
        var bytes = new byte[ordinals.Length * sizeof(float)];
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (!NumberParser.TryParseFinite(source.Rows.GetFieldSpan(ordinals[i]), out float number))
                throw Unreadable(source, ordinals[i], "a finite number");
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
                throw Unreadable(source, ordinals[i], "a whole number from 0 to 255");
            bytes[i] = (byte)pixel;
        }

        return bytes;
    }

    private static List<Feature> ReadFeatures(TableSource source, TableColumns columns, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        var features = new List<Feature>(columns.Inputs.Length);
        for (var i = 0; i < columns.Inputs.Length; i++)
        {
            var ordinal = columns.Inputs[i];
            var text = source.Rows.GetFieldSpan(ordinal);
            if (text.IsEmpty)
                continue;
            var number = 0.0;
            if (columns.Kinds[i] != ColumnKind.Categorical && NumberParser.TryParseFinite(text, out number))
                features.Add(new Feature(source.Columns[ordinal], number, null));
            else if (columns.Kinds[i] == ColumnKind.Numeric)
                throw Unreadable(source, ordinal, "a finite number, as required by data.columns.numeric");
            else
                features.Add(new Feature(source.Columns[ordinal], 0, Word(words, text)));
        }

        return features;
    }

    // Categories repeat: one string for each, up to a limit.
    private static string Word(Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> words, ReadOnlySpan<char> text)
    {
        if (words.TryGetValue(text, out var word))
            return word;
        word = text.ToString();
        if (words.Dictionary.Count < 1 << 16)
            words[text] = word;
        return word;
    }

    private static DataSourceException Unreadable(TableSource source, int ordinal, string expected) =>
        source.Damaged($"The column {source.Columns[ordinal]} holds '{source.Rows.GetFieldSpan(ordinal)}'.", expected);
}

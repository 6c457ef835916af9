using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Json;

/// <summary>
/// The roles of the fields of a JSON line, determined by the settings and a sample of the lines. A name with dots refers to a field of
/// nested objects.
/// </summary>
internal sealed class JsonLineMapping
{
    private enum Form
    {
        Text,
        Numbers,
        Features,
    }

    private const string QuotedNumbers = "numbers written as strings, kept as categories: see data.columns.numeric";

    private readonly ColumnOptions _columns;
    private readonly HashSet<string> _notFeatures;
    private readonly HashSet<string> _numeric;
    private readonly HashSet<string> _categorical;
    private readonly HashSet<string> _quotedNumbers;
    private readonly MissingWords _missing;
    private readonly NumberFormatInfo _format;
    private readonly SkipCounts _skipped;
    private readonly Form _form;
    private readonly string? _input;

    private JsonLineMapping(DataOptions options, JsonSample sample, SkipCounts skipped)
    {
        (_columns, _skipped, _missing, _format) = (options.Columns, skipped, new MissingWords(options.Table.Missing), NumberParser.FormatOf(options.Table.Decimal));
        string?[] named = [.. _columns.Labels.Length > 0 ? _columns.Labels : [_columns.Label], _columns.Id, _columns.Time, _columns.Weight, .. _columns.Ignored];
        // A nested field excludes its whole outermost object from the features.
        _notFeatures = named.OfType<string>().SelectMany(static n => new[] { n, n.Split('.')[0] }).ToHashSet(StringComparer.Ordinal);
        _numeric = _columns.Numeric.ToHashSet(StringComparer.Ordinal);
        _categorical = _columns.Categorical.ToHashSet(StringComparer.Ordinal);
        _quotedNumbers = sample.Fields
            .Where(f => f.Value.AreQuotedNumbers && !_notFeatures.Contains(f.Key) && !_categorical.Contains(f.Key))
            .Select(static f => f.Key).ToHashSet(StringComparer.Ordinal);
        (_form, _input) = FormOf(sample);
    }

    /// <exception cref="DataOptionException">No line of the sample has a configured field.</exception>
    public static JsonLineMapping Of(JsonSample sample, DataOptions options, string file, SkipCounts skipped)
    {
        (string Key, string? Name)[] needed = [("columns.label", options.Columns.Labels.Length > 0 ? null : options.Columns.Label), .. options.Columns.Labels.Select(static name => ("columns.labels", (string?)name)), ("columns.id", options.Columns.Id), ("columns.text", options.Columns.Text)];
        foreach (var (key, name) in needed)
        {
            if (name is not null && !sample.Has(name))
                throw new DataOptionException(key, name, $"no line of {file} has a field of this name; {NearestName.Advice([.. sample.Fields.Keys], name)}");
        }

        return new JsonLineMapping(options, sample, skipped);
    }

    public Example Read(JsonElement line, IRowSource source, string defaultId)
    {
        var id = _columns.Id is { } idField ? Word(Find(line, idField, source), idField, source) : defaultId;
        DateTimeOffset? time = null;
        if (_columns.Time is { } timeField && TryFind(line, timeField, out var written))
            time = EventTimes.TryParse(Word(written, timeField, source), _columns.TimeUnit, out var parsed) ? parsed : throw Unreadable(source, timeField, written, EventTimes.Allowed);
        var weight = 1f;
        if (_columns.Weight is { } weightField && TryFind(line, weightField, out var heavy))
            weight = heavy.ValueKind == JsonValueKind.Number && heavy.TryGetSingle(out var w) && float.IsFinite(w) && w > 0 ? w : throw Unreadable(source, weightField, heavy, "a number above 0");
        return new Example(id, ReadTarget(line, source), ReadInput(line, source), time, weight);
    }

    private Target ReadTarget(JsonElement line, IRowSource source)
    {
        if (_columns.Labels.Length > 0)
            return new Target.LabelSet([.. _columns.Labels.Where(name => Applies(line, name, source)).Select(LabelText.Canonical)]);
        var label = Find(line, _columns.Label, source);
        if (label.ValueKind == JsonValueKind.Array)
            return new Target.LabelSet([.. label.EnumerateArray().Select(item => LabelText.Canonical(Word(item, _columns.Label, source))).Distinct(StringComparer.Ordinal)]);
        if (label.ValueKind == JsonValueKind.Number)
            return LabelText.TryClassIndex(label.GetRawText(), out var index) ? new Target.ClassIndex(index) : new Target.Label(LabelText.Canonical(label.GetRawText()));
        var name = Word(label, _columns.Label, source);
        return string.IsNullOrWhiteSpace(name) ? throw Unreadable(source, _columns.Label, label, "a label that is not blank") : new Target.Label(LabelText.Canonical(name));
    }

    private static bool Applies(JsonElement line, string name, IRowSource source)
    {
        if (!TryFind(line, name, out var value))
            return false;
        return value switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False or JsonValueKind.Null } => false,
            { ValueKind: JsonValueKind.Number } when value.TryGetDouble(out var number) && number is 0 or 1 => number is 1,
            _ => throw Unreadable(source, name, value, "1, true, 0, false or nothing (data.columns.labels)"),
        };
    }

    private ExampleInput ReadInput(JsonElement line, IRowSource source)
    {
        if (_form == Form.Features)
            return new ExampleInput.Features(ReadFeatures(line, source));
        var input = Find(line, _input!, source);
        if (_form == Form.Numbers)
            return ReadNumbers(input, source);
        return input.ValueKind == JsonValueKind.String ? new ExampleInput.Text(input.GetString()!) : throw Unreadable(source, _input!, input, "a text");
    }

    private ExampleInput.Dense ReadNumbers(JsonElement array, IRowSource source)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
            throw Unreadable(source, _input!, array, "an array of numbers");
        var bytes = new byte[array.GetArrayLength() * sizeof(float)];
        var i = 0;
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetSingle(out var number) || !float.IsFinite(number))
                throw Unreadable(source, _input!, element, "an array of finite numbers");
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i++ * sizeof(float)), number);
        }

        return new ExampleInput.Dense(ElementType.Float32, [i], bytes);
    }

    private List<Feature> ReadFeatures(JsonElement line, IRowSource source)
    {
        var features = new List<Feature>();
        foreach (var field in line.EnumerateObject())
        {
            if (_notFeatures.Contains(field.Name) || field.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (ReadFeature(field.Name, field.Value, source) is { } feature)
                features.Add(feature);
        }

        return features;
    }

    /// <summary>Returns the feature, or null if its value is a word that means missing.</summary>
    private Feature? ReadFeature(string name, JsonElement value, IRowSource source)
    {
        if (value.ValueKind == JsonValueKind.Number && !_categorical.Contains(name))
            return value.TryGetDouble(out var number) && double.IsFinite(number) ? new Feature(name, number, null) : throw Unreadable(source, name, value, "a finite number");
        if (value.ValueKind == JsonValueKind.String && _missing.Contains(value.GetString()))
            return null;
        if (_numeric.Contains(name))
        {
            return value.ValueKind == JsonValueKind.String && NumberParser.TryParseFinite(value.GetString(), _format, out double written)
                ? new Feature(name, written, null)
                : throw Unreadable(source, name, value, "a number, as required by data.columns.numeric, or a word that data.table.missing contains");
        }

        var word = Word(value, name, source);
        if (_quotedNumbers.Contains(name) && !_skipped.TryIncrement(QuotedNumbers))
            _skipped.Add(QuotedNumbers, $"{name} = '{word}' in line {NumberParser.Format(source.Line)}");
        return new Feature(name, 0, word);
    }

    private (Form Form, string? Input) FormOf(JsonSample sample)
    {
        if (_columns.Text is not null)
            return (Form.Text, _columns.Text);
        var fields = sample.Fields.Where(f => !_notFeatures.Contains(f.Key)).ToArray();
        if (fields.Length != 1 || _columns.Input == TableInput.Features || _numeric.Count + _categorical.Count > 0)
            return (Form.Features, null);
        var (name, field) = fields[0];
        if (field.HasNumbers || field.HasOthers)
            return (Form.Features, null);
        return field switch
        {
            { HasArrays: true } when field.Strings.Numbers + field.Strings.Words + field.Strings.Missing == 0 => (Form.Numbers, name),
            { HasArrays: true } => (Form.Features, null),
            _ => (Form.Text, name),
        };
    }

    private static JsonElement Find(JsonElement line, string name, IRowSource source) =>
        TryFind(line, name, out var value) ? value : throw source.Damaged($"The field '{name}' is missing.", "this field in every line");

    // The field of just that name, else the way through nested objects.
    public static bool TryFind(JsonElement line, string name, out JsonElement value)
    {
        if (line.TryGetProperty(name, out value))
            return value.ValueKind != JsonValueKind.Null;
        var point = name.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && line.TryGetProperty(name[..point], out var nested) && nested.ValueKind == JsonValueKind.Object && TryFind(nested, name[(point + 1)..], out value);
    }

    private static string Word(JsonElement value, string name, IRowSource source)
    {
        var word = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "",
        };
        return word.Length > 0 ? word : throw Unreadable(source, name, value, "a word or a number; data.columns.ignored leaves a field out");
    }

    private static DataSourceException Unreadable(IRowSource source, string name, JsonElement value, string expected)
    {
        var raw = value.GetRawText();
        return source.Damaged($"The field '{name}' is {(raw.Length <= 64 ? raw : raw[..64] + "…")}.", expected);
    }
}

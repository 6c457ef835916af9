using System.Text.Json;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Json;

/// <summary>A field of the sample's lines.</summary>
internal sealed class JsonFieldSample(ColumnSample strings)
{
    /// <summary>The values that are strings.</summary>
    public ColumnSample Strings { get; } = strings;

    public bool HasNumbers { get; set; }

    public bool HasArrays { get; set; }

    public bool HasOthers { get; set; }

    /// <summary>True if all values are numbers written as strings, with either decimal separator.</summary>
    public bool AreQuotedNumbers => !HasNumbers && !HasArrays && !HasOthers && (Strings is { Numbers: > 0, Words: 0 } || Strings.NumberWithOtherSeparator is not null);
}

/// <summary>
/// The sample of a file of JSON lines that determines the form of the input. See <see cref="TableInput.Auto"/> for its size. Null values count as absent.
/// </summary>
internal sealed class JsonSample(DataOptions options)
{
    private readonly MissingWords _missing = new(options.Table.Missing);
    private readonly Dictionary<string, JsonFieldSample> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>The outermost fields.</summary>
    public IReadOnlyDictionary<string, JsonFieldSample> Fields => _fields;

    public bool IsFull => _values >= ColumnSample.MaxValues;

    /// <summary>Returns true if a line has this configured field, which may be nested.</summary>
    public bool Has(string name) => _found.Contains(name);

    public void Add(JsonElement line)
    {
        foreach (var name in (ReadOnlySpan<string?>)[.. options.Columns.Labels, options.Columns.Label, options.Columns.Id, options.Columns.Text])
        {
            if (name is not null && !_found.Contains(name) && JsonLineMapping.TryFind(line, name, out _))
                _found.Add(name);
        }

        foreach (var field in line.EnumerateObject())
        {
            _values++;
            if (field.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (!_fields.TryGetValue(field.Name, out var sample))
                _fields.Add(field.Name, sample = new JsonFieldSample(new ColumnSample(field.Name, _missing, options.Table.Decimal)));
            switch (field.Value.ValueKind)
            {
                case JsonValueKind.String:
                    sample.Strings.Add(field.Value.GetString());
                    break;
                case JsonValueKind.Number:
                    sample.HasNumbers = true;
                    break;
                case JsonValueKind.Array:
                    sample.HasArrays = true;
                    break;
                default:
                    sample.HasOthers = true;
                    break;
            }
        }
    }
}

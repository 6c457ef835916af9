using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>The columns of a schema by their roles. Columns that every row needs are checked here, once per schema.</summary>
internal sealed class ArrowLayout
{
    private readonly Dictionary<string, ArrowColumn> _byName = new(StringComparer.Ordinal);

    /// <exception cref="ArrowFormatException">A column is missing or has an unsuitable type.</exception>
    public ArrowLayout(ArrowColumn[] columns, ArrowColumnOptions options, ExampleRules rules)
    {
        Columns = columns;
        foreach (var column in columns)
        {
            if (!_byName.TryAdd(column.Name, column))
                throw new ArrowFormatException($"The column '{Quoted(column)}' occurs twice.");
        }

        Id = Role(options.Id, "strings or whole numbers", static c => c.Values.IsUtf8 || c is { Type: ArrowType.Int, DictionaryId: null })
            ?? throw new ArrowFormatException($"The record has no column '{options.Id}' with ids (wire.arrow.columns.id).", RejectionReasons.MissingId);
        Class = Role(options.Class, "whole numbers", static c => c is { Type: ArrowType.Int, DictionaryId: null });
        Label = Role(options.Label, "strings, numbers or booleans", static c => c.Values.IsUtf8 || c.IsNumber || c.Type == ArrowType.Bool);
        Identity = Role(options.Identity, "strings or whole numbers", static c => c.Values.IsUtf8 || c is { Type: ArrowType.Int, DictionaryId: null });
        Others = Role(options.OtherIdentities, "lists of strings", static c => c.Type is ArrowType.List or ArrowType.LargeList && c.Children[0].Values.IsUtf8);
        Weight = Role(options.Weight, "numbers", static c => c.IsNumber);
        Time = Role(options.Time, "timestamps, dates or strings", static c => c.Type is ArrowType.Timestamp or ArrowType.Date || c.Values.IsUtf8);
        Tombstone = Role(options.Tombstone, "booleans", static c => c.Type == ArrowType.Bool);
        Image = Role(options.Image, "binary", static c => c.Type is ArrowType.Binary or ArrowType.LargeBinary);
        Text = Role(options.Text, "strings", static c => c.Values.IsUtf8);
        if (Role(options.Tensor, "lists of fixed size of float32 or uint8, or binary of fixed size", static c => ArrowTensor.ElementsOf(c) is not null) is { } tensor)
            Tensor = new ArrowTensor(tensor, options.Shape, rules);
        if (Class is null && Label is null && Identity is null && !rules.AllowsParts)
        {
            var missing = rules.WithoutTarget(new Rejection(RejectionReasons.MissingTarget, $"The record has no column with a target: one of '{options.Class}', '{options.Label}' and '{options.Identity}' (wire.arrow.columns)."));
            throw new ArrowFormatException(missing.Detail, missing.Reason);
        }

        if (Tensor is null && Image is null && Text is null)
            Features = FeaturesOf(columns, options, rules);
        Dictionaries = [.. Flatten(columns).Where(static c => c.DictionaryId is not null)];
    }

    /// <summary>All columns in the order of the schema.</summary>
    public ArrowColumn[] Columns { get; }

    /// <summary>The columns with a dictionary, nested ones included.</summary>
    public ArrowColumn[] Dictionaries { get; }

    public ArrowColumn Id { get; }

    public ArrowColumn? Class { get; }

    public ArrowColumn? Label { get; }

    public ArrowColumn? Identity { get; }

    public ArrowColumn? Others { get; }

    public ArrowColumn? Weight { get; }

    public ArrowColumn? Time { get; }

    public ArrowColumn? Tombstone { get; }

    public ArrowColumn? Image { get; }

    public ArrowColumn? Text { get; }

    public ArrowTensor? Tensor { get; }

    /// <summary>The columns with features.</summary>
    public ArrowFeature[] Features { get; } = [];

    private ArrowColumn? Role(string name, string expected, Func<ArrowColumn, bool> suits)
    {
        if (name.Length == 0 || !_byName.TryGetValue(name, out var column) || column.Type == ArrowType.Null)
            return null;
        return suits(column) ? column : throw new ArrowFormatException($"The column '{Quoted(column)}' must have {expected} but is {column.Values.Type}.");
    }

    private static ArrowFeature[] FeaturesOf(ArrowColumn[] columns, ArrowColumnOptions options, ExampleRules rules)
    {
        string[] roles =
        [
            options.Id, options.Class, options.Label, options.Identity, options.OtherIdentities, options.Weight, options.Time, options.Tombstone,
            options.Tensor, options.Image, options.Text, .. options.Ignored,
        ];
        var features = columns.Where(column => !roles.Contains(column.Name, StringComparer.Ordinal)).Select(column => FeatureOf(column, options, rules)).ToArray();
        // A batch of labels has no columns with features.
        if (features.Length == 0 && rules.AllowsParts)
            return [];
        return rules.FeatureCount(features.Length) is { } wrong ? throw new ArrowFormatException(wrong.Detail, wrong.Reason) : features;
    }

    private static ArrowFeature FeatureOf(ArrowColumn column, ArrowColumnOptions options, ExampleRules rules)
    {
        if (rules.NameLength("name of a feature", Encoding.UTF8.GetByteCount(column.Name)) is { } unnamed)
            throw new ArrowFormatException(unnamed.Detail, unnamed.Reason);
        var isCategory = options.Categorical.Contains(column.Name, StringComparer.Ordinal);
        ArrowFeatureKind? kind = column switch
        {
            { Values.IsUtf8: true } => ArrowFeatureKind.Category,
            { Type: ArrowType.Bool } => ArrowFeatureKind.Flag,
            { Type: ArrowType.Null } => ArrowFeatureKind.Missing,
            { Type: ArrowType.Int, DictionaryId: null } when isCategory => ArrowFeatureKind.Code,
            { IsNumber: true } when !isCategory => ArrowFeatureKind.Number,
            _ => null,
        };
        return new ArrowFeature(column, kind ?? throw new ArrowFormatException(
            $"The column '{Quoted(column)}' must have numbers, strings or booleans to be a {(isCategory ? "category" : "feature")} but is {column.Values.Type}: add it to wire.arrow.columns.ignored."));
    }

    private static IEnumerable<ArrowColumn> Flatten(IEnumerable<ArrowColumn> columns) =>
        columns.SelectMany(static column => Flatten(column.Children).Concat(column.Dictionary is { } values ? Flatten([values]) : []).Prepend(column));

    private static string Quoted(ArrowColumn column) => ControlCharacters.Escape(column.Name);
}

/// <summary>A column with a feature.</summary>
internal readonly record struct ArrowFeature(ArrowColumn Column, ArrowFeatureKind Kind);

/// <summary>The conversion of a column's values to features.</summary>
internal enum ArrowFeatureKind
{
    Number,
    Category,

    /// <summary>A boolean: the category true or false.</summary>
    Flag,

    /// <summary>A whole number that is a category.</summary>
    Code,

    /// <summary>A column of nulls only.</summary>
    Missing,
}

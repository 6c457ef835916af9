namespace HnmStreams.Data.Wire.Fields;

/// <summary>The roles of the fields of a stream's records, compiled from <see cref="FieldOptions"/>.</summary>
internal sealed class FieldRoles
{
    private FieldRoles(FieldOptions options, string row, IReadOnlyList<string> times)
    {
        var isDefault = !options.IsMapped;
        Id = Role("id", options.Id, isDefault ? [$"{row}.id"] : []);
        Key = Role("key", options.Key, []);
        Class = Role("class", options.Class, Defaults("class", "class_index", "target.class"));
        Label = Role("label", options.Label, Defaults("label", "target.label", "labels", "target.labels"));
        Identity = Role("identity", options.Identity, Defaults("identity", "target.identity"));
        Boxes = Role("boxes", options.Boxes, Defaults("boxes", "target.boxes"));
        OtherIdentities = Role("otherIdentities", options.OtherIdentities, Defaults("otherIdentities", "other_identities", "target.otherIdentities"));
        Tensor = Role("tensor", options.Tensor, Defaults("tensor", "input.tensor"));
        Image = Role("image", options.Image, Defaults("image", "input.image"));
        Text = Role("text", options.Text, Defaults("text", "input.text"));
        Features = options.Features.Length > 0
            ? [.. options.Features.Select(path => Role("features", path, []))]
            : isDefault ? [Role("features", null, Defaults("features", "input.features"))] : [];
        EventTime = Role("eventTime", options.EventTime, isDefault ? [$"{row}.eventTime", $"{row}.event_time", .. times] : times);
        Weight = Role("weight", options.Weight, Defaults("weight"));
        Deleted = Role("deleted", options.Deleted, []);

        string[] Defaults(params ReadOnlySpan<string> names)
        {
            if (!isDefault)
                return [];
            var paths = new string[names.Length];
            for (var i = 0; i < names.Length; i++)
                paths[i] = $"{row}.{names[i]}";
            return paths;
        }
    }

    public FieldRole Id { get; }

    public FieldRole Key { get; }

    public FieldRole Class { get; }

    public FieldRole Label { get; }

    public FieldRole Identity { get; }

    public FieldRole OtherIdentities { get; }

    public FieldRole Boxes { get; }

    public FieldRole Tensor { get; }

    public FieldRole Image { get; }

    public FieldRole Text { get; }

    public IReadOnlyList<FieldRole> Features { get; }

    public FieldRole EventTime { get; }

    public FieldRole Weight { get; }

    public FieldRole Deleted { get; }

    /// <summary>Compiles valid options.</summary>
    /// <param name="row">The path of the object with the members of the contract's form, which apply if the options name no fields.</param>
    /// <param name="times">The paths of the event time if the options name none.</param>
    public static FieldRoles Of(FieldOptions options, string row = "$", params IReadOnlyList<string> times) => new(options, row, times);

    /// <summary>Returns the paths of all roles but the features.</summary>
    public IEnumerable<FieldPath> PathsWithoutFeatures() =>
        ((IEnumerable<FieldRole>)[Id, Class, Label, Identity, OtherIdentities, Boxes, Tensor, Image, Text, EventTime, Weight, Deleted]).SelectMany(static role => role.Paths);

    private static FieldRole Role(string name, string? configured, IReadOnlyList<string> defaults) =>
        new($"wire.fields.{name}", [.. (configured is null ? defaults : [configured]).Select(Compile)]);

    private static FieldPath Compile(string path) =>
        FieldPath.Parse(path, out var error) ?? throw new ArgumentException($"'wire.fields' must be {error}.", nameof(path));
}

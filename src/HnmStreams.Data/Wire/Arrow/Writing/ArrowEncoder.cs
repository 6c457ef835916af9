using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Arrow.Writing;

/// <summary>An encoder of many examples as one Arrow IPC stream, with the default names of the columns. All examples must have the same kind of input.</summary>
/// <remarks>Thread-safe. O(bytes).</remarks>
internal static class ArrowEncoder
{
    private static readonly ArrowColumnOptions Names = new();

    /// <param name="tombstones">Ids that the record deletes, after its examples.</param>
    /// <exception cref="ArgumentException">The inputs do not fit into one table, or a target is a list of boxes.</exception>
    public static byte[] Encode(IReadOnlyList<Example> examples, IReadOnlyList<string> tombstones)
    {
        var rows = examples.Count + tombstones.Count;
        var columns = new List<(Field Field, IArrowArray Values)>();
        Add(columns, Names.Id, Strings([.. examples.Select(static e => e.Id), .. tombstones]));
        AddTargets(columns, examples, tombstones.Count);
        if (examples.Any(static e => e.Weight != 1))
            Add(columns, Names.Weight, Floats(examples.Select(static e => e.Weight), tombstones.Count));
        if (examples.Any(static e => e.EventTime is not null))
            Add(columns, Names.Time, ArrowTimes.Of([.. examples.Select(static e => e.EventTime), .. Enumerable.Repeat<DateTimeOffset?>(null, tombstones.Count)]));
        if (tombstones.Count > 0)
            Add(columns, Names.Tombstone, Flags(examples.Count, tombstones.Count));
        columns.AddRange(ArrowInputs.Of(examples, tombstones.Count, Names));
        var schema = new Schema(columns.Select(static c => c.Field), null);
        using var batch = new RecordBatch(schema, columns.Select(static c => c.Values), rows);
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }

    internal static StringArray Strings(IEnumerable<string?> values)
    {
        var builder = new StringArray.Builder();
        foreach (var value in values)
        {
            if (value is null)
                builder.AppendNull();
            else
                builder.Append(value);
        }

        return builder.Build();
    }

    private static void Add(List<(Field, IArrowArray)> columns, string name, IArrowArray values) => columns.Add((new Field(name, values.Data.DataType, nullable: true), values));

    private static void AddTargets(List<(Field, IArrowArray)> columns, IReadOnlyList<Example> examples, int tombstones)
    {
        if (examples.FirstOrDefault(static e => e.Target is Target.Boxes or Target.LabelSet) is { } other)
            throw new ArgumentException($"The target of the example '{other.Id}' is a {(other.Target is Target.Boxes ? "list of boxes" : "set of labels")}, which a record batch cannot hold: send it as a record of its own.", nameof(examples));
        var nothing = Enumerable.Repeat<string?>(null, tombstones);
        // A record without examples still needs a column for targets.
        if (examples.Count == 0 || examples.Any(static e => e.Target is Target.ClassIndex))
            Add(columns, Names.Class, Indices(examples, tombstones));
        if (examples.Any(static e => e.Target is Target.Label))
            Add(columns, Names.Label, Strings([.. examples.Select(static e => (e.Target as Target.Label)?.Name), .. nothing]));
        if (examples.Any(static e => e.Target is Target.Identity))
            Add(columns, Names.Identity, Strings([.. examples.Select(static e => (e.Target as Target.Identity)?.Name), .. nothing]));
        if (examples.Any(static e => e.Target is Target.Identity { Others.Count: > 0 }))
            Add(columns, Names.OtherIdentities, Others(examples, tombstones));
    }

    private static Int32Array Indices(IReadOnlyList<Example> examples, int tombstones)
    {
        var builder = new Int32Array.Builder();
        foreach (var example in examples)
            builder.Append((example.Target as Target.ClassIndex)?.Index);
        for (var i = 0; i < tombstones; i++)
            builder.AppendNull();
        return builder.Build();
    }

    private static ListArray Others(IReadOnlyList<Example> examples, int tombstones)
    {
        var builder = new ListArray.Builder(StringType.Default);
        var names = (StringArray.Builder)builder.ValueBuilder;
        foreach (var example in examples)
        {
            builder.Append();
            foreach (var other in (example.Target as Target.Identity)?.Others ?? [])
                names.Append(other);
        }

        for (var i = 0; i < tombstones; i++)
            builder.AppendNull();
        return builder.Build();
    }

    private static FloatArray Floats(IEnumerable<float> values, int nulls)
    {
        var builder = new FloatArray.Builder().AppendRange(values);
        for (var i = 0; i < nulls; i++)
            builder.AppendNull();
        return builder.Build();
    }

    private static BooleanArray Flags(int examples, int tombstones) =>
        new BooleanArray.Builder().AppendRange(Enumerable.Repeat(false, examples)).AppendRange(Enumerable.Repeat(true, tombstones)).Build();
}

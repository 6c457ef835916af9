using System.Text.Json.Serialization;

namespace HnmStreams.Data.Examples;

/// <summary>An example from a producer. If labels come later, it may also be an input without a target, or a target without an input.</summary>
/// <param name="Id">The unique id of the example, 1 to 256 UTF-8 bytes. It is also the key of its record.</param>
/// <param name="Weight">The weight in the loss, finite and above 0.</param>
public sealed record Example(
    string Id,
    Target Target,
    ExampleInput Input,
    DateTimeOffset? EventTime = null,
    float Weight = 1f)
{
    /// <summary>True if the example has an input but no target: its label comes in a separate record.</summary>
    [JsonIgnore]
    public bool IsUnlabeled => Target is Target.None;

    /// <summary>The label in the data set, if <c>data.labels</c> maps it to another class; null if not. It is not sent.</summary>
    [JsonIgnore]
    public string? OriginalLabel { get; init; }

    /// <summary>True if the example has a target but no input: it is the label of the example with this id.</summary>
    [JsonIgnore]
    public bool IsLabel => Input is ExampleInput.None;
}

/// <summary>The target of an example: what the model should predict.</summary>
public abstract record Target
{
    private Target()
    {
    }

    /// <summary>A class index, 0 or more.</summary>
    public sealed record ClassIndex(int Index) : Target;

    /// <summary>A class name.</summary>
    public sealed record Label(string Name) : Target;

    /// <summary>An identity or group (faces, retrieval). Examples with the same identity belong together.</summary>
    public sealed record Identity(string Name) : Target
    {
        /// <summary>
        /// The further groups of the example, for example the other queries that a document is relevant to. Two examples belong
        /// together if they share a group; this is not transitive.
        /// </summary>
        public IReadOnlyList<string> Others { get; init; } = [];

        public bool Equals(Identity? other) => other is not null && Name == other.Name && Others.SequenceEqual(other.Others, StringComparer.Ordinal);

        public override int GetHashCode() => HashCode.Combine(Name, Others.Count);

        public override string ToString() => $"Identity {{ Name = {string.Join(", ", Others.Prepend(Name))} }}";
    }

    /// <summary>A set of class names: all that apply to the example. An empty set is an example to which none applies.</summary>
    /// <param name="Names">The names, each once. The order does not matter, and equality depends on it.</param>
    public sealed record LabelSet(IReadOnlyList<string> Names) : Target
    {
        public bool Equals(LabelSet? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.Ordinal);

        public override int GetHashCode() => HashCode.Combine(Names.Count, Names.Count == 0 ? "" : Names[0]);

        public override string ToString() => $"LabelSet {{ Names = {string.Join(", ", Names)} }}";
    }

    /// <summary>The objects in an image. An empty list is an image that shows background only.</summary>
    public sealed record Boxes(IReadOnlyList<LabeledBox> Items) : Target;

    /// <summary>No target yet: the label comes in a separate record.</summary>
    public sealed record None : Target
    {
        private None()
        {
        }

        /// <summary>The only instance.</summary>
        public static None Instance { get; } = new();
    }
}

/// <summary>The bounding box of an object in pixels of the upright image (with its EXIF orientation applied), with its class name.</summary>
/// <param name="Difficult">
/// True if the object is hard to recognize even for people. As in PASCAL VOC, such an object is not required to be found, and finding it is not an error.
/// </param>
public readonly record struct LabeledBox(
    float Left, float Top, float Right, float Bottom, string Label, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Difficult = false);

/// <summary>The type of a tensor's elements.</summary>
public enum ElementType
{
    /// <summary>One unsigned byte per element.</summary>
    UInt8,

    /// <summary>Four bytes per element, IEEE 754, little-endian.</summary>
    Float32,
}

/// <summary>The input of an example.</summary>
public abstract record ExampleInput
{
    private ExampleInput()
    {
    }

    /// <summary>A dense tensor in row-major order. Images are [height, width] or [channels, height, width].</summary>
    public sealed record Dense(ElementType Type, IReadOnlyList<int> Shape, ReadOnlyMemory<byte> Data) : ExampleInput;

    /// <summary>A whole JPEG or PNG file.</summary>
    public sealed record EncodedImage(ReadOnlyMemory<byte> Data) : ExampleInput;

    /// <summary>A text.</summary>
    public sealed record Text(string Value) : ExampleInput;

    /// <summary>Named numbers and categories.</summary>
    public sealed record Features(IReadOnlyList<Feature> Items) : ExampleInput;

    /// <summary>No input: the record is the label of the example with its id.</summary>
    public sealed record None : ExampleInput
    {
        private None()
        {
        }

        /// <summary>The only instance.</summary>
        public static None Instance { get; } = new();
    }
}

/// <summary>A named feature: a category if <see cref="Category"/> is set, else a number.</summary>
public readonly record struct Feature(string Name, double Number, string? Category);

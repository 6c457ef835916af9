namespace HnmStreams.Data.Examples;

/// <summary>One labelled unit from a producer, as it was written on the wire.</summary>
/// <param name="Id">Unique name; 1 to 256 UTF-8 bytes. The key of its record.</param>
/// <param name="Weight">Weight in the loss; finite and above 0, 1 unless said otherwise.</param>
public sealed record Example(
    string Id,
    Target Target,
    ExampleInput Input,
    DateTimeOffset? EventTime = null,
    float Weight = 1f);

/// <summary>What the model is to say of the example.</summary>
public abstract record Target
{
    private Target()
    {
    }

    /// <summary>A class by its index, 0 or more.</summary>
    public sealed record ClassIndex(int Index) : Target;

    /// <summary>A class by its name.</summary>
    public sealed record Label(string Name) : Target;

    /// <summary>Who is seen (faces, retrieval groups).</summary>
    public sealed record Identity(string Name) : Target;

    /// <summary>Objects in the picture; empty is a picture of background only.</summary>
    public sealed record Boxes(IReadOnlyList<Box> Items) : Target;
}

/// <summary>An object's rectangle in pixels of the original image, with its class name.</summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom, string Label);

public enum ElementType
{
    /// <summary>One unsigned byte an element.</summary>
    UInt8,

    /// <summary>Four bytes an element, IEEE 754, little-endian.</summary>
    Float32,
}

/// <summary>What the model sees of the example.</summary>
public abstract record ExampleInput
{
    private ExampleInput()
    {
    }

    /// <summary>A dense tensor, row-major; images are [height, width] or [channels, height, width].</summary>
    public sealed record Dense(ElementType Type, IReadOnlyList<int> Shape, ReadOnlyMemory<byte> Data) : ExampleInput;

    /// <summary>A JPEG or PNG file.</summary>
    public sealed record EncodedImage(ReadOnlyMemory<byte> Data) : ExampleInput;

    public sealed record Text(string Value) : ExampleInput;

    /// <summary>Named numbers and categories.</summary>
    public sealed record Features(IReadOnlyList<Feature> Items) : ExampleInput;
}

/// <summary>A named feature: a number, or a category where <see cref="Category"/> is set.</summary>
public readonly record struct Feature(string Name, double Number, string? Category);

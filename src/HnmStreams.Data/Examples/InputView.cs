namespace HnmStreams.Data.Examples;

/// <summary>The kind of an input.</summary>
public enum InputKind
{
    /// <inheritdoc cref="ExampleInput.Dense"/>
    Dense,

    /// <inheritdoc cref="ExampleInput.EncodedImage"/>
    EncodedImage,

    /// <inheritdoc cref="ExampleInput.Text"/>
    Text,

    /// <inheritdoc cref="ExampleInput.Features"/>
    Features,

    /// <inheritdoc cref="ExampleInput.None"/>
    None,
}

/// <summary>The input of an <see cref="ExampleView"/>. Only the members of its kind are set.</summary>
public readonly ref struct InputView
{
    private InputView(InputKind kind, ElementType elements, IReadOnlyList<int> shape, ReadOnlyMemory<byte> data, ReadOnlySpan<char> text, ReadOnlySpan<Feature> features)
    {
        (Kind, ElementType, Shape, Data) = (kind, elements, shape, data);
        Text = text;
        Features = features;
    }

    public InputKind Kind { get; }

    /// <summary>The type of a tensor's elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>The shape of a tensor.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements of a tensor, or the bytes of an image file.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The characters of a text.</summary>
    public ReadOnlySpan<char> Text { get; }

    /// <summary>The named numbers and categories.</summary>
    public ReadOnlySpan<Feature> Features { get; }

    /// <summary>Returns a view of an input. Copies features only if they are neither an array nor a list.</summary>
    public static InputView Of(ExampleInput input) => input switch
    {
        ExampleInput.Dense dense => OfTensor(dense.Type, dense.Shape, dense.Data),
        ExampleInput.EncodedImage image => OfImage(image.Data),
        ExampleInput.Text text => OfText(text.Value),
        ExampleInput.Features features => OfFeatures(Span(features.Items)),
        ExampleInput.None => Absent,
        _ => throw new ArgumentNullException(nameof(input)),
    };

    /// <summary>The view of no input.</summary>
    public static InputView Absent => new(InputKind.None, default, [], default, default, default);

    /// <summary>Returns a view of a tensor in row-major order.</summary>
    public static InputView OfTensor(ElementType type, IReadOnlyList<int> shape, ReadOnlyMemory<byte> data) => new(InputKind.Dense, type, shape, data, default, default);

    /// <summary>Returns a view of a JPEG or PNG file.</summary>
    public static InputView OfImage(ReadOnlyMemory<byte> file) => new(InputKind.EncodedImage, default, [], file, default, default);

    /// <summary>Returns a view of a text.</summary>
    public static InputView OfText(ReadOnlySpan<char> text) => new(InputKind.Text, default, [], default, text, default);

    /// <summary>Returns a view of named numbers and categories.</summary>
    public static InputView OfFeatures(ReadOnlySpan<Feature> features) => new(InputKind.Features, default, [], default, default, features);

    /// <summary>Returns the input as an object. Texts and features are copied; the data of a tensor or image are not.</summary>
    public ExampleInput ToInput() => Kind switch
    {
        InputKind.Dense => new ExampleInput.Dense(ElementType, Shape, Data),
        InputKind.EncodedImage => new ExampleInput.EncodedImage(Data),
        InputKind.Text => new ExampleInput.Text(Text.ToString()),
        InputKind.None => ExampleInput.None.Instance,
        _ => new ExampleInput.Features(Features.ToArray()),
    };

    private static ReadOnlySpan<Feature> Span(IReadOnlyList<Feature> items) => items switch
    {
        Feature[] array => array,
        List<Feature> list => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list),
        _ => items.ToArray(),
    };
}

using System.Buffers;
using System.Text;
using System.Text.Unicode;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>A reader of the input of a row: exactly one of tensor, image and text, or the features.</summary>
/// <remarks>One owner. The characters of a text and the list of features are reused for each row.</remarks>
internal sealed class ArrowInputReader(ExampleRules rules, StringInterner interner) : IDisposable
{
    private const int MaxNumberBytes = 32;

    private static readonly Rejection Missing = new(RejectionReasons.MissingInput, "The row has no input: one of tensor, image, text.");
    private ArrowLayout _layout = null!;
    private Feature[] _features = [];
    private char[] _text = [];
    private bool? _tensorsAreFinite;

    public void Begin(ArrowLayout layout)
    {
        (_layout, _tensorsAreFinite) = (layout, null);
        if (_features.Length < layout.Features.Length)
            _features = new Feature[layout.Features.Length];
    }

    public void Dispose()
    {
        if (_text.Length > 0)
            ArrayPool<char>.Shared.Return(_text);
        _text = [];
    }

    public Rejection? Read(ReadOnlyMemory<byte> record, int row, out InputView input)
    {
        input = default;
        var bytes = record.Span;
        var hasTensor = _layout.Tensor is { } tensor && !tensor.Column.IsNull(bytes, row);
        var hasImage = _layout.Image is { } image && !image.IsNull(bytes, row);
        var hasText = _layout.Text is { } text && !text.IsNull(bytes, row);
        if ((hasTensor ? 1 : 0) + (hasImage ? 1 : 0) + (hasText ? 1 : 0) > 1)
            return Rejection.Malformed("The input must have exactly one of tensor, image, text but has more.");
        if (hasTensor)
            return ReadTensor(record, row, out input);
        if (hasImage)
            return ReadImage(record, row, out input);
        if (hasText)
            return ReadText(bytes, row, out input);
        if (_layout.Features.Length > 0)
            return ReadFeatures(bytes, row, out input);
        input = InputView.Absent;
        return rules.AllowsParts ? null : Missing;
    }

    private Rejection? ReadTensor(ReadOnlyMemory<byte> record, int row, out InputView input)
    {
        input = default;
        var tensor = _layout.Tensor!;
        foreach (var (nested, perRow) in tensor.Nested)
        {
            if (nested.HasNulls && HasNull(nested, record.Span, row * perRow, perRow))
                return Rejection.Malformed("An element of the tensor is null.");
        }

        var (start, length) = tensor.Elements.Range(row * tensor.ElementsPerRow, tensor.ElementsPerRow);
        var data = record.Slice(start, length);
        if (tensor.Type == ElementType.Float32 && !AreFinite(record.Span) && ExampleRules.Finite(data.Span) is { } notFinite)
            return notFinite;
        input = InputView.OfTensor(tensor.Type, tensor.Shape, data);
        return null;
    }

    private static bool HasNull(ArrowColumn column, ReadOnlySpan<byte> record, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            if (column.IsNull(record, i))
                return true;
        }

        return false;
    }

    // One pass over the whole column replaces a check per row, unless a row is not finite.
    private bool AreFinite(ReadOnlySpan<byte> record)
    {
        if (_tensorsAreFinite is { } known)
            return known;
        var elements = _layout.Tensor!.Elements;
        var (start, length) = elements.Range(0, elements.Rows);
        _tensorsAreFinite = FiniteFloats.IndexOfNotFinite(record.Slice(start, length)) < 0;
        return _tensorsAreFinite.Value;
    }

    private Rejection? ReadImage(ReadOnlyMemory<byte> record, int row, out InputView input)
    {
        input = default;
        if (ArrowStrings.Find(_layout.Image!, record.Span, row, out var start, out var length, out _) is { } invalid)
            return invalid;
        var file = record.Slice(start, length);
        if (ExampleRules.Image(file.Span) is { } notAnImage)
            return notAnImage;
        input = InputView.OfImage(file);
        return null;
    }

    private Rejection? ReadText(ReadOnlySpan<byte> record, int row, out InputView input)
    {
        input = default;
        if (ArrowStrings.Find(_layout.Text!, record, row, out var start, out var length, out var found) is { } invalid)
            return invalid;
        if (!found)
            return Missing;
        if (rules.TextLength(length) is { } tooLong)
            return tooLong;
        var utf8 = record.Slice(start, length);
        if (!Utf8.IsValid(utf8))
            return Rejection.Malformed("The text is not valid UTF-8.");
        if (_text.Length < length)
        {
            Dispose();
            _text = ArrayPool<char>.Shared.Rent(length);
        }

        input = InputView.OfText(_text.AsSpan(0, Encoding.UTF8.GetChars(utf8, _text)));
        return null;
    }

    private Rejection? ReadFeatures(ReadOnlySpan<byte> record, int row, out InputView input)
    {
        input = default;
        var count = 0;
        Span<byte> code = stackalloc byte[MaxNumberBytes];
        foreach (var (column, kind) in _layout.Features)
        {
            if (column.IsNull(record, row))
                continue;
            switch (kind)
            {
                case ArrowFeatureKind.Number:
                    var number = column.Number(record, row);
                    if (ExampleRules.Number(column.Name, number) is { } notFinite)
                        return notFinite;
                    _features[count++] = new Feature(column.Name, number, null);
                    break;
                case ArrowFeatureKind.Flag:
                    _features[count++] = new Feature(column.Name, 0, column.Flag(record, row) ? "true" : "false");
                    break;
                case ArrowFeatureKind.Code:
                    _features[count++] = new Feature(column.Name, 0, interner.Category(code[..ArrowNumbers.Format(column, record, row, code)]));
                    break;
                default:
                    if (ReadCategory(column, record, row, out var category) is { } rejection)
                        return rejection;
                    if (category is not null)
                        _features[count++] = new Feature(column.Name, 0, category);
                    break;
            }
        }

        input = InputView.OfFeatures(_features.AsSpan(0, count));
        return rules.FeatureCount(count);
    }

    private Rejection? ReadCategory(ArrowColumn column, ReadOnlySpan<byte> record, int row, out string? category)
    {
        category = null;
        if (ArrowStrings.Find(column, record, row, out var start, out var length, out var found) is { } invalid)
            return invalid;
        if (!found)
            return null;
        var utf8 = record.Slice(start, length);
        if (rules.Category(column.Name, utf8) is { } rejection)
            return rejection;
        category = interner.Category(utf8);
        return null;
    }
}

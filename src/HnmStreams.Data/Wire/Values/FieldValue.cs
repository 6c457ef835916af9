using System.Globalization;
using System.Text;

namespace HnmStreams.Data.Wire.Values;

/// <summary>The kinds of a <see cref="FieldValue"/>.</summary>
internal enum FieldKind
{
    /// <summary>The record has no such field.</summary>
    Missing,
    Null,
    Boolean,
    Integer,
    Number,
    Text,
    Bytes,
    List,

    /// <summary>A list of numbers only, stored compactly.</summary>
    Numbers,
    Object,
}

/// <summary>The unit of an integer that the schema declares to be a time since 1970.</summary>
internal enum FieldUnit
{
    None,
    Days,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>A named member of an object.</summary>
internal readonly record struct FieldMember(string Name, FieldValue Value);

/// <summary>
/// A value of a record in a form that JSON, Avro and protobuf share. Texts and bytes are slices of the record if its format
/// allows it. The UTF-8 of a text is validated by the rule that takes it.
/// </summary>
/// <remarks>Immutable. 40 bytes; texts are decoded only if a role takes them.</remarks>
internal readonly struct FieldValue
{
    private readonly long _bits;
    private readonly object? _parts;

    private FieldValue(FieldKind kind, long bits = 0, ReadOnlyMemory<byte> bytes = default, object? parts = null, FieldUnit unit = FieldUnit.None) =>
        (Kind, _bits, Bytes, _parts, Unit) = (kind, bits, bytes, parts, unit);

    public static FieldValue Null => new(FieldKind.Null);

    public FieldKind Kind { get; }

    /// <summary>The unit of an integer that is a time; none for any other value.</summary>
    public FieldUnit Unit { get; }

    /// <summary>The UTF-8 of a text, the data of bytes, or the digits of a number as they were written if the format keeps them.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>True if the field is missing or null.</summary>
    public bool IsAbsent => Kind is FieldKind.Missing or FieldKind.Null;

    public bool IsNumber => Kind is FieldKind.Integer or FieldKind.Number;

    public bool Boolean => _bits != 0;

    public long Integer => _bits;

    /// <summary>The value of an integer or a number.</summary>
    public double Number => Kind == FieldKind.Integer ? _bits : BitConverter.Int64BitsToDouble(_bits);

    public FieldValue[] Items => (FieldValue[])_parts!;

    public double[] Numbers => (double[])_parts!;

    public FieldMember[] Members => (FieldMember[])_parts!;

    public static FieldValue Of(bool value) => new(FieldKind.Boolean, value ? 1 : 0);

    public static FieldValue Of(long value, FieldUnit unit = FieldUnit.None) => new(FieldKind.Integer, value, unit: unit);

    /// <param name="written">The digits as they were written, or empty.</param>
    public static FieldValue Of(double value, ReadOnlyMemory<byte> written = default) => new(FieldKind.Number, BitConverter.DoubleToInt64Bits(value), written);

    public static FieldValue OfText(ReadOnlyMemory<byte> utf8) => new(FieldKind.Text, bytes: utf8);

    public static FieldValue OfText(string text) => OfText(Encoding.UTF8.GetBytes(text));

    public static FieldValue OfBytes(ReadOnlyMemory<byte> data) => new(FieldKind.Bytes, bytes: data);

    public static FieldValue Of(FieldValue[] items) => new(FieldKind.List, parts: items);

    public static FieldValue Of(double[] numbers) => new(FieldKind.Numbers, parts: numbers);

    public static FieldValue Of(FieldMember[] members) => new(FieldKind.Object, parts: members);

    /// <summary>Returns the member of an object; missing if none exists, or if the value is not an object. O(members).</summary>
    public FieldValue Member(string name)
    {
        if (Kind != FieldKind.Object)
            return default;
        foreach (var member in Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal))
                return member.Value;
        }

        return default;
    }

    /// <summary>Returns the text of a scalar as UTF-8: a text itself, the digits of a number, <c>true</c> or <c>false</c>. Returns false for any other value.</summary>
    public bool TryName(out ReadOnlyMemory<byte> utf8)
    {
        utf8 = Kind switch
        {
            FieldKind.Text => Bytes,
            FieldKind.Integer => Digits(Integer.ToString(CultureInfo.InvariantCulture)),
            FieldKind.Number => Bytes.IsEmpty ? Digits(Number.ToString("R", CultureInfo.InvariantCulture)) : Bytes,
            FieldKind.Boolean => Boolean ? True : False,
            _ => default,
        };
        return Kind is FieldKind.Text or FieldKind.Integer or FieldKind.Number or FieldKind.Boolean;
    }

    /// <summary>Describes the kind of the value for the sentence "must be … but is …".</summary>
    public string Describe() => Kind switch
    {
        FieldKind.Missing => "missing",
        FieldKind.Null => "null",
        FieldKind.Boolean => "a boolean",
        FieldKind.Integer or FieldKind.Number => "a number",
        FieldKind.Text => "text",
        FieldKind.Bytes => "bytes",
        FieldKind.List => $"a list of {Items.Length} values",
        FieldKind.Numbers => $"a list of {Numbers.Length} numbers",
        _ => "an object",
    };

    private static ReadOnlyMemory<byte> True { get; } = "true"u8.ToArray();

    private static ReadOnlyMemory<byte> False { get; } = "false"u8.ToArray();

    private static byte[] Digits(string number) => Encoding.ASCII.GetBytes(number);
}

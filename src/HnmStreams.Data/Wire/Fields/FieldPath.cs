using System.Globalization;
using System.Text;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>
/// A path to a field of a record: the subset of JSONPath (RFC 9535) that names exactly one value. <c>$</c> is the record,
/// <c>.name</c>, <c>['name']</c> and <c>["name"]</c> are members, and <c>[0]</c> is an element. <c>$.</c> may be omitted. Wildcards, slices, filters,
/// negative indexes and descendants (<c>..</c>) are not supported.
/// </summary>
/// <remarks>Immutable.</remarks>
internal sealed class FieldPath
{
    private readonly Segment[] _segments;

    private FieldPath(Segment[] segments)
    {
        _segments = segments;
        Text = Format(segments.Length);
    }

    /// <summary>The path in its canonical spelling.</summary>
    public string Text { get; }

    /// <summary>The name of the last member; empty for the record itself and for an element of a list.</summary>
    public string Name => _segments is [.., { Name: { } name }] ? name : "";

    public override string ToString() => Text;

    /// <summary>Parses a path. Returns null with an error, which completes the sentence "must be …", if it is invalid.</summary>
    public static FieldPath? Parse(string text, out string? error)
    {
        var segments = new List<Segment>();
        var at = text.StartsWith('$') ? 1 : 0;
        var start = at == 0;
        error = text.Length == 0 ? Invalid(text, 0) : null;
        while (error is null && at < text.Length)
        {
            var read = text[at] switch
            {
                '[' => Bracket(text, ref at, segments),
                '.' when !start => Dotted(text, at + 1, ref at, segments),
                _ when start => Dotted(text, at, ref at, segments),
                _ => false,
            };
            start = false;
            if (!read)
                error = Invalid(text, at);
        }

        return error is null ? new FieldPath([.. segments]) : null;
    }

    /// <summary>Returns the path of a member.</summary>
    public FieldPath Then(string name) => new([.. _segments, new Segment(name, 0)]);

    /// <summary>Returns the value at the path; missing if none exists. O(members on the way).</summary>
    public FieldValue Find(in FieldValue root)
    {
        var value = root;
        foreach (var segment in _segments)
        {
            value = segment.Of(value);
            if (value.Kind == FieldKind.Missing)
                break;
        }

        return value;
    }

    /// <summary>Describes what is at the path, or where it ends, for the sentence "must be … but …". Called on rejection only.</summary>
    public string Explain(in FieldValue root)
    {
        var value = root;
        for (var i = 0; i < _segments.Length; i++)
        {
            var next = _segments[i].Of(value);
            if (next.Kind == FieldKind.Missing)
            {
                if (value.Kind != FieldKind.Object)
                    return $"is missing because {Format(i)} is {value.Describe()}";
                return i == _segments.Length - 1 ? "is missing" : $"is missing because {Format(i + 1)} is missing";
            }

            value = next;
        }

        return $"is {value.Describe()}";
    }

    /// <summary>Returns the name of the member of <paramref name="parent"/> that this path leads to or through; null if it does not lead there.</summary>
    public string? MemberBelow(FieldPath parent) =>
        _segments.Length > parent._segments.Length && _segments.AsSpan(0, parent._segments.Length).SequenceEqual(parent._segments)
            ? _segments[parent._segments.Length].Name
            : null;

    private static bool Dotted(string text, int from, ref int at, List<Segment> segments)
    {
        var end = from;
        while (end < text.Length && text[end] is not ('.' or '[' or ']' or '*' or '\'' or '"' or '?' or '@' or '(' or ')' or ',') && !char.IsWhiteSpace(text[end]))
            end++;
        at = end;
        if (end == from || (end < text.Length && text[end] is not ('.' or '[')))
            return false;
        segments.Add(new Segment(text[from..end], 0));
        return true;
    }

    private static bool Bracket(string text, ref int at, List<Segment> segments)
    {
        var quote = at + 1 < text.Length && text[at + 1] is '\'' or '"' ? text[at + 1] : ']';
        var from = quote == ']' ? at + 1 : at + 2;
        var end = from <= text.Length ? text.IndexOf(quote, from) : -1;
        if (end < 0)
            return false;
        if (quote == ']')
        {
            if (!int.TryParse(text.AsSpan(from, end - from), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                return false;
            segments.Add(new Segment(null, index));
            at = end + 1;
            return true;
        }

        if (end + 1 >= text.Length || text[end + 1] != ']')
            return false;
        segments.Add(new Segment(text[from..end], 0));
        at = end + 2;
        return true;
    }

    private static string Invalid(string text, int at) =>
        $"a path such as $.after.amount, $['a b'] or $.items[0] (wildcards, slices, filters and descendants are not supported) but is '{text}', which is invalid at character {at + 1}";

    private string Format(int segments)
    {
        var text = new StringBuilder("$");
        foreach (var segment in _segments.AsSpan(0, segments))
        {
            if (segment.Name is not { } name)
                text.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]");
            else if (name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                text.Append('.').Append(name);
            else
                text.Append("['").Append(name).Append("']");
        }

        return text.ToString();
    }

    private readonly record struct Segment(string? Name, int Index)
    {
        public FieldValue Of(in FieldValue value)
        {
            if (Name is { } name)
                return value.Member(name);
            return value.Kind switch
            {
                FieldKind.List when Index < value.Items.Length => value.Items[Index],
                FieldKind.Numbers when Index < value.Numbers.Length => FieldValue.Of(value.Numbers[Index]),
                _ => default,
            };
        }
    }
}

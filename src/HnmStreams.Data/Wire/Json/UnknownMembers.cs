using System.Text.Json;

namespace HnmStreams.Data.Wire.Json;

/// <summary>The members of a rejected example that the JSON form does not define, which are usually misspelled ones.</summary>
internal static class UnknownMembers
{
    private const int MaxNames = 5;
    private const int MaxNameLength = 32;

    private static readonly string[] Target = ["class", "label", "identity", "otherIdentities", "boxes"];
    private static readonly string[] Input = ["tensor", "image", "text", "features"];
    private static readonly string[] Known = ["id", "target", "input", "eventTime", "weight", .. Target, .. Input];

    /// <summary>Returns the unknown names at the top level and in target and input, at most five. Called on rejection only.</summary>
    /// <param name="json">A valid object.</param>
    public static IReadOnlyList<string> Find(ReadOnlySpan<byte> json)
    {
        var unknown = new List<string>();
        var reader = new Utf8JsonReader(json);
        var parent = "";
        while (unknown.Count < MaxNames && reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > 2)
                continue;
            var name = Name(in reader);
            var isTop = reader.CurrentDepth == 1;
            if (isTop)
                parent = name;
            var known = isTop ? Known : parent switch { "target" => Target, "input" => Input, _ => null };
            if (known is not null && !known.Contains(name, StringComparer.Ordinal))
                unknown.Add(name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…");
        }

        return unknown;
    }

    // A name may hold an unpaired surrogate, which has no string.
    private static string Name(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "(invalid Unicode)";
        }
    }
}

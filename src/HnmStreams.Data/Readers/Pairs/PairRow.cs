using System.Text.Json;

namespace HnmStreams.Data.Readers.Pairs;

/// <summary>A passage of a row, with its id if the row holds one.</summary>
internal readonly record struct Passage(string Text, string? Id);

/// <summary>
/// One row of a training set for retrieval: an anchor (query) with positives and negatives. The names are those of sentence-transformers
/// (anchor, positive, negative, negative_1, …; passage with label; passages with labels) and of the query/pos/neg lines of FlagEmbedding.
/// </summary>
internal sealed record PairRow(Passage Anchor, IReadOnlyList<Passage> Positives, IReadOnlyList<Passage> Negatives)
{
    private static readonly string[] AnchorNames = ["anchor", "query", "question"];
    private static readonly string[] PositiveNames = ["positive", "pos", "positives", "answer"];

    /// <summary>Returns the row, or null if it has no anchor or no passage.</summary>
    /// <exception cref="JsonException">A field is not a text, or lists differ in length.</exception>
    public static PairRow? Of(JsonElement row)
    {
        var anchor = Named(row, AnchorNames);
        if (anchor.Count != 1)
            return null;
        var (positives, negatives) = (Named(row, PositiveNames), new List<Passage>());
        foreach (var field in row.EnumerateObject())
        {
            if (field.Name is "negative" or "neg" or "negatives" || IsNumbered(field.Name))
                negatives.AddRange(Passages(row, field.Name));
        }

        foreach (var (name, labels) in (ReadOnlySpan<(string, string)>)[("passage", "label"), ("passages", "labels")])
        {
            var (passages, relevant) = (Passages(row, name), Labels(row, labels));
            if (passages.Count != relevant.Count)
                throw new JsonException($"'{name}' has {passages.Count} texts and '{labels}' {relevant.Count} numbers.");
            for (var i = 0; i < passages.Count; i++)
                (relevant[i] ? positives : negatives).Add(passages[i]);
        }

        return positives.Count + negatives.Count == 0 ? null : new PairRow(anchor[0], positives, negatives);
    }

    // negative_7, but not negative_7_id and negative_7_score.
    private static bool IsNumbered(string name) =>
        name.StartsWith("negative_", StringComparison.Ordinal) && name.AsSpan("negative_".Length) is { IsEmpty: false } number && !number.ContainsAnyExceptInRange('0', '9');

    private static List<Passage> Named(JsonElement row, string[] names) => [.. names.SelectMany(name => Passages(row, name))];

    private static List<Passage> Passages(JsonElement row, string name)
    {
        var texts = Texts(row, name);
        var ids = Texts(row, name.EndsWith('s') && row.TryGetProperty(name[..^1] + "_ids", out _) ? name[..^1] + "_ids" : name + "_id");
        if (ids.Count > 0 && ids.Count != texts.Count)
            throw new JsonException($"'{name}' has {texts.Count} texts but {ids.Count} ids.");
        return [.. texts.Select((text, i) => new Passage(text, ids.Count > 0 ? ids[i] : null))];
    }

    private static List<string> Texts(JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return [];
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => TextOf(item, name))] : [TextOf(value, name)];
    }

    private static string TextOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException($"'{name}' must be a text or a list of texts.");

    private static List<bool> Labels(JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return [];
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number ? item.GetDouble() > 0 : throw new JsonException($"'{name}' must be a number or a list of numbers."))];
    }
}

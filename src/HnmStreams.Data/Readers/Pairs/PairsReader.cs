using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Pairs;

/// <summary>
/// A reader of anchors with positives and negatives (see <see cref="PairRow"/>), as JSON lines or Parquet. It gives the examples of a
/// retrieval set: first each anchor (ids <c>q:…</c>), its own group, then each passage (<c>d:…</c>), which belongs to the groups of
/// all anchors that it is a positive of. Without ids in the file, an id is a hash of the text, so that a text that occurs several times is
/// one example. Held in memory: all texts.
/// </summary>
internal sealed class PairsReader : IExampleReader
{
    private const string Expected = "rows with an anchor (or query) and its positive, negative, pos, neg, passage with label, or passages with labels";
    private readonly string _path;

    private PairsReader(string path) => _path = path;

    public int? Count => null;

    /// <summary>Opens a file and reads its first row.</summary>
    public static PairsReader Open(string path)
    {
        using var source = RowSources.Open(path, Expected);
        _ = source.Next(out var row) ? Parse(source, row) : throw new DataSourceException(path, "The file has no rows.", Expected);
        return new PairsReader(path);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        var (anchors, passages) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, (string Text, List<string> Groups)>(StringComparer.Ordinal));
        var order = new List<string>();
        using (var source = RowSources.Open(_path, Expected))
        {
            while (source.Next(out var line))
            {
                ct.ThrowIfCancellationRequested();
                var row = Parse(source, line);
                var anchor = IdOf("q:", row.Anchor);
                if (anchors.TryAdd(anchor, row.Anchor.Text))
                    order.Add(anchor);
                foreach (var passage in row.Positives)
                    Add(passages, passage, anchor);
                foreach (var passage in row.Negatives)
                    Add(passages, passage, null);
            }
        }

        foreach (var id in order)
            yield return new Example(id, new Target.Identity(id), new ExampleInput.Text(anchors[id]));
        foreach (var (id, (text, groups)) in passages)
            yield return new Example(id, groups.Count == 0 ? new Target.Identity(id) : new Target.Identity(groups[0]) { Others = [.. groups.Skip(1)] }, new ExampleInput.Text(text));
    }

    private static void Add(Dictionary<string, (string Text, List<string> Groups)> passages, Passage passage, string? anchor)
    {
        var id = IdOf("d:", passage);
        if (!passages.TryGetValue(id, out var known))
            passages.Add(id, known = (passage.Text, []));
        if (anchor is not null && !known.Groups.Contains(anchor))
            known.Groups.Add(anchor);
    }

    // What "hnm mine" wrote of a set in BEIR's layout has the prefix already.
    private static string IdOf(string side, Passage passage) => passage.Id is not { Length: > 0 } id
        ? side + XxHash128.HashToUInt128(MemoryMarshal.AsBytes(passage.Text.AsSpan())).ToString("x32", null)
        : id.StartsWith(side, StringComparison.Ordinal) ? id : side + id;

    private static PairRow Parse(IRowSource source, ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return (document.RootElement.ValueKind == JsonValueKind.Object ? PairRow.Of(document.RootElement) : null)
                ?? throw source.Damaged("The row has no anchor or no passage.", Expected);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Damaged(e.Message, Expected, e);
        }
    }
}

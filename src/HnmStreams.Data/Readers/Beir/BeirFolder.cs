using System.Text.Json;

namespace HnmStreams.Data.Readers.Beir;

/// <summary>A document or query of a retrieval set.</summary>
public readonly record struct BeirText(string Id, string Text);

/// <summary>The relevance judgement of a document for a query.</summary>
/// <param name="Score">1 or more for a relevant document; 0 for a document that was judged as not relevant.</param>
public readonly record struct BeirJudgement(string Query, string Document, int Score);

/// <summary>
/// A retrieval set in the layout of BEIR (arXiv 2104.08663): corpus.jsonl and queries.jsonl, compressed by gzip or not, and the
/// judgements of each part in qrels/PART.tsv.
/// </summary>
/// <remarks>Each enumeration opens its own files and reads as it advances.</remarks>
public sealed class BeirFolder
{
    private readonly string _root;

    /// <exception cref="DataSourceException">The folder does not have this layout.</exception>
    public BeirFolder(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
        if (!IsAt(root))
            throw new DataSourceException(root, "The corpus, the queries or the judgements are missing.", "corpus.jsonl[.gz], queries.jsonl[.gz] and qrels/*.tsv");
    }

    /// <summary>The names of the parts that have judgements, in ordinal order.</summary>
    public IReadOnlyList<string> Parts =>
        [.. HiddenNames.VisibleFiles(Path.Combine(_root, "qrels")).Where(static f => CompressedFile.Extension(f) == ".tsv").Select(CompressedFile.Stem).Order(StringComparer.Ordinal)];

    /// <summary>Returns true if the folder holds a set in this layout.</summary>
    public static bool IsAt(string root) =>
        FileOf(root, "corpus.jsonl") is not null && FileOf(root, "queries.jsonl") is not null && Directory.Exists(Path.Combine(root, "qrels"));

    /// <summary>Reads all documents: title and text, joined by a space.</summary>
    /// <exception cref="DataSourceException">On enumeration: a line is damaged.</exception>
    public IEnumerable<BeirText> ReadCorpus(CancellationToken ct = default) => ReadTexts(FileOf(_root, "corpus.jsonl")!, ct);

    /// <summary>Reads the queries of all parts.</summary>
    /// <exception cref="DataSourceException">On enumeration: a line is damaged.</exception>
    public IEnumerable<BeirText> ReadQueries(CancellationToken ct = default) => ReadTexts(FileOf(_root, "queries.jsonl")!, ct);

    /// <summary>Reads the judgements of a part, in the order of the file.</summary>
    /// <exception cref="DataSourceException">The part does not exist; or, on enumeration, a line is damaged.</exception>
    public IEnumerable<BeirJudgement> ReadJudgements(string part, CancellationToken ct = default)
    {
        var file = FileOf(Path.Combine(_root, "qrels"), part + ".tsv")
            ?? throw new DataSourceException(Path.Combine(_root, "qrels"), $"The part {part} has no judgements.", string.Join(" or ", Parts));
        return ReadJudgementsOf(file, ct);
    }

    private static IEnumerable<BeirJudgement> ReadJudgementsOf(string file, CancellationToken ct)
    {
        using var source = LineSource.Open(file, "judgements");
        while (source.Next(out var line))
        {
            ct.ThrowIfCancellationRequested();
            string[] fields = System.Text.Encoding.UTF8.GetString(line.Span).TrimEnd('\r').Split('\t');
            if (source.Line == 1 && fields is ["query-id", ..])
                continue;
            if (fields.Length != 3 || fields[0].Length == 0 || fields[1].Length == 0 || !int.TryParse(fields[2], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var score))
                throw source.Damaged($"The line has {fields.Length} fields, or its score is not a whole number.", "query, document and score, separated by tabs");
            yield return new BeirJudgement(fields[0], fields[1], score);
        }
    }

    private static IEnumerable<BeirText> ReadTexts(string file, CancellationToken ct)
    {
        const string Expected = "one object per line with the strings _id and text";
        using var source = LineSource.Open(file, Expected);
        while (source.Next(out var line))
        {
            ct.ThrowIfCancellationRequested();
            yield return ReadText(source, line, Expected);
        }
    }

    private static BeirText ReadText(LineSource source, ReadOnlyMemory<byte> line, string expected)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var (root, id, text) = (document.RootElement, "", "");
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("_id", out var idValue) && root.TryGetProperty("text", out var textValue))
                (id, text) = (idValue.ValueKind == JsonValueKind.Number ? idValue.GetRawText() : idValue.GetString() ?? "", textValue.GetString() ?? "");
            if (id.Length == 0)
                throw source.Damaged("_id or text is missing.", expected);
            var title = root.TryGetProperty("title", out var titleValue) && titleValue.ValueKind == JsonValueKind.String ? titleValue.GetString()! : "";
            return new BeirText(id, title.Length == 0 ? text : $"{title} {text}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Damaged(e.Message, expected, e);
        }
    }

    private static string? FileOf(string folder, string name)
    {
        string[] paths = [Path.Combine(folder, name), Path.Combine(folder, name + ".gz"), Path.Combine(folder, name + ".zst")];
        return paths.FirstOrDefault(File.Exists);
    }
}

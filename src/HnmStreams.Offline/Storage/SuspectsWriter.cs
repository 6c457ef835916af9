using System.Text.Json;

namespace HnmStreams.Offline.Storage;

/// <summary>A writer of suspected positives as JSON lines, for a review of their labels. Lines beyond the limit are dropped.</summary>
internal sealed class SuspectsWriter(string path, ExampleStore store, int maxLines) : IDisposable
{
    private readonly StreamWriter _file = new(path);
    private int _written;

    /// <param name="anchor">The anchor's number in the store; -1 for the class itself.</param>
    /// <param name="bound">The highest score that a negative may have.</param>
    public void Write(int anchor, ScoredRow suspect, float bound)
    {
        if (_written++ >= maxLines)
            return;
        var line = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = store.Read(suspect.Row).Id,
            ["anchor"] = anchor < 0 ? null : store.Read(anchor).Id,
            ["score"] = suspect.Score,
            ["allowed"] = bound,
        };
        _file.WriteLine(JsonSerializer.Serialize(line));
    }

    /// <summary>Writes a negative that the teacher gives another label, or finds relevant to the anchor.</summary>
    /// <param name="probability">The probability of the other label, or of relevance.</param>
    /// <param name="anchor">The anchor's number in the store; -1 for the class itself.</param>
    public void WriteRefuted(ScoredRow suspect, float probability, double threshold, int anchor = -1)
    {
        if (_written++ >= maxLines)
            return;
        _file.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = store.Read(suspect.Row).Id,
            ["anchor"] = anchor < 0 ? null : store.Read(anchor).Id,
            ["score"] = suspect.Score,
            ["teacher"] = probability,
            ["allowed"] = threshold,
        }));
    }

    public void Dispose() => _file.Dispose();
}

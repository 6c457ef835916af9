using System.Text.Json;

namespace HnmStreams.Offline.Rounds;

/// <summary>Suspected positives as JSON lines, for whoever checks labels: at most so many.</summary>
internal sealed class SuspectsWriter(string path, ExampleStore store, int most) : IDisposable
{
    private readonly StreamWriter _file = new(path);
    private int _written;

    /// <param name="anchor">-1: the class itself.</param>
    /// <param name="bound">What a negative may score.</param>
    public void Write(int anchor, ScoredRow suspect, float bound)
    {
        if (_written++ >= most)
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

    public void Dispose() => _file.Dispose();
}

using System.Text.Json;
using HnmStreams.Configuration;

namespace HnmStreams.Host.Tune;

/// <summary>
/// The finished runs of a search, in a file beside its output. The same command continues with it after an interruption: every decision is a function
/// of the runs, so that the result is that of an uninterrupted search.
/// </summary>
/// <remarks>Saved after each run, atomically. One owner.</remarks>
internal sealed class TuneState
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path;
    private readonly Content _content;

    private TuneState(string path, Content content) => (_path, _content) = (path, content);

    /// <summary>The number of finished runs.</summary>
    public int Runs => _content.Runs.Count;

    /// <summary>The seconds of all finished runs.</summary>
    public double Seconds => _content.Runs.Sum(r => r.Seconds);

    /// <summary>The length of the longest runs and their measured cost; null before they were chosen.</summary>
    public TuneScale? Scale
    {
        get => _content.Scale;
        set
        {
            _content.Scale = value;
            Save();
        }
    }

    /// <summary>Opens the state of a search, or starts one.</summary>
    /// <param name="fingerprint">The inputs of the search: a state of other inputs does not fit.</param>
    /// <param name="fresh">True to ignore an existing state.</param>
    /// <exception cref="SettingsException">The file belongs to another search or is damaged.</exception>
    public static TuneState Open(string path, string fingerprint, bool fresh)
    {
        if (fresh || !File.Exists(path))
            return new(path, new Content { Fingerprint = fingerprint });
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path), Json);
        }
        catch (JsonException e)
        {
            throw new SettingsException($"{path}: the state of the search cannot be read: {e.Message} Delete it or start with --fresh.", e);
        }

        return string.Equals(content?.Fingerprint, fingerprint, StringComparison.Ordinal)
            ? new(path, content!)
            : throw new SettingsException($"{path}: the state is that of a search with other settings or options. Start with --fresh, or name another --output.");
    }

    /// <summary>Returns a finished run; null if none exists.</summary>
    public TuneRun? Find(string settings, int seed, long examples) =>
        _content.Runs.Find(r => r.Seed == seed && r.Examples == examples && string.Equals(r.Settings, settings, StringComparison.Ordinal));

    public void Add(TuneRun run)
    {
        _content.Runs.Add(run);
        Save();
    }

    private void Save()
    {
        var temporary = _path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_content, Json));
        File.Move(temporary, _path, overwrite: true);
    }

    private sealed class Content
    {
        public string Fingerprint { get; set; } = "";

        public TuneScale? Scale { get; set; }

        public List<TuneRun> Runs { get; set; } = [];
    }
}

/// <summary>A finished run.</summary>
/// <param name="Settings">The changed settings as <c>KEY=VALUE</c>, separated by spaces; empty for the settings of the file.</param>
/// <param name="Examples">The number of examples consumed.</param>
/// <param name="Metric">The mean metric at a third, two thirds and the end of the run.</param>
internal sealed record TuneRun(string Settings, int Seed, long Examples, double Metric, double Seconds);

/// <summary>The length of the longest runs in examples, and the cost of runs.</summary>
internal sealed record TuneScale(long Longest, double FixedSeconds, double SecondsPerExample)
{
    public RunCost Cost => new(FixedSeconds, SecondsPerExample);
}

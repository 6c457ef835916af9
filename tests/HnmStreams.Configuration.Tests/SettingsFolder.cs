using HnmStreams.Testing;

namespace HnmStreams.Configuration.Tests;

/// <summary>A temporary folder with settings files, from which a test loads settings.</summary>
internal sealed class SettingsFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public string Path => _folder.Path;

    public SettingsFolder With(string file, string json)
    {
        _folder.With(file, json);
        return this;
    }

    public SettingsFolder WithVariable(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    public LoadedSettings Load(string? config = null, string[]? sets = null, params (string Key, string Value)[] flags) => new SettingsLoader(
            new ConfigFiles(_folder.Path, _folder["program"]), _environment)
        .Load(new SettingsRequest(config, sets, [.. flags.Select(f => new KeyValuePair<string, string>(f.Key, f.Value))]));

    public IReadOnlyList<string> Failures(string? config = null, params string[] sets) =>
        Assert.Throws<SettingsException>(() => Load(config, sets)).Failures;

    public void Dispose() => _folder.Dispose();
}

using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Configuration;
using HnmStreams.Web.Persistence;

namespace HnmStreams.Web.Events;

/// <summary>The settings of the previous run with a checkpoint folder, so that changed ones can be named. Secrets are hidden.</summary>
/// <param name="mayWrite">Returns false once another process has the lease of the folder.</param>
internal sealed class SettingsFile(string folder, Func<bool> mayWrite)
{
    /// <summary>The name of the file.</summary>
    public const string Name = "settings.json";

    private const int MaxBytes = 1024 * 1024;
    private readonly string _path = Path.Combine(folder, Name);

    /// <summary>Replaces the stored settings and returns the differences, in the order of declaration. Returns none if no earlier settings are known.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public IReadOnlyList<ChangedSetting> Replace(IReadOnlyList<ShownSetting> settings)
    {
        var now = settings.DistinctBy(s => s.Path, StringComparer.Ordinal).ToDictionary(s => s.Path, s => s.Value, StringComparer.Ordinal);
        var before = Load();
        if (mayWrite())
            AtomicFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(now, SettingsJson.Default.DictionaryStringString));
        return before is null ? [] : [.. Changed(before, now)];
    }

    // A setting that only one of two program versions has is not a change that a person made.
    private static IEnumerable<ChangedSetting> Changed(Dictionary<string, string?> before, Dictionary<string, string?> now) =>
        now.Where(s => before.TryGetValue(s.Key, out var old) && !string.Equals(old, s.Value, StringComparison.Ordinal))
            .Select(s => new ChangedSetting(s.Key, before[s.Key], s.Value));

    private Dictionary<string, string?>? Load()
    {
        try
        {
            return AtomicFile.ReadEnd(_path, MaxBytes) is { } content ? JsonSerializer.Deserialize(content, SettingsJson.Default.DictionaryStringString)! : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A setting with another value than in the previous run.</summary>
internal sealed record ChangedSetting(string Path, string? Before, string? Now);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SettingsJson : JsonSerializerContext;

using HnmStreams.Configuration.Binding;
using HnmStreams.Configuration.Sections;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace HnmStreams.Configuration;

/// <summary>The settings that the command line gives.</summary>
/// <param name="ConfigFile">A file that is layered over the default file, or null.</param>
/// <param name="Sets">Assignments such as <c>a.b=c</c>. Later ones win.</param>
/// <param name="Flags">Options of the command line, by the setting that they stand for. They win over everything else.</param>
public sealed record SettingsRequest(
    string? ConfigFile = null,
    IReadOnlyList<string>? Sets = null,
    IReadOnlyList<KeyValuePair<string, string>>? Flags = null);

/// <summary>Settings that are bound and valid.</summary>
/// <param name="Given">The settings that a layer has set, with the layer that won. Values may be secrets.</param>
public sealed record LoadedSettings(HnmOptions Options, IReadOnlyList<GivenSetting> Given);

/// <summary>
/// The loader of the settings. Later layers win: defaults, <c>config/hnm.json</c>, the task file, the file of
/// <c>--config</c>, environment variables (<c>HNM__Kafka__BootstrapServers</c>), <c>--set</c>, the options of the command.
/// </summary>
public sealed class SettingsLoader(ConfigFiles files, IReadOnlyDictionary<string, string> environment)
{
    private const string EnvironmentPrefix = "HNM__";

    /// <summary>Loads, binds and validates all layers.</summary>
    /// <exception cref="SettingsException">A file is missing or is not JSON, a key is unknown, or a value is not allowed.</exception>
    public LoadedSettings Load(SettingsRequest request)
    {
        var fromEnvironment = FromEnvironment();
        var fromSets = FromSets(request.Sets ?? []);
        var fromFlags = (request.Flags ?? []).ToDictionary(f => f.Key.Replace('.', ':'), f => (string?)f.Value, StringComparer.OrdinalIgnoreCase);

        var builder = new ConfigurationBuilder();
        var main = files.FindDefault();
        var asked = request.ConfigFile is null ? null : files.Find(request.ConfigFile);
        if (main is not null)
            AddJson(builder, main);
        if (files.FindTaskFile(main, asked, Named(fromSets) ?? Named(fromEnvironment)) is { } taskFile)
            AddJson(builder, taskFile);
        if (asked is not null)
            AddJson(builder, asked);
        AddMemory(builder, SettingsLayers.Environment, fromEnvironment);
        AddMemory(builder, SettingsLayers.Sets, fromSets);
        AddMemory(builder, SettingsLayers.CommandLine, fromFlags);

        var binder = new SettingsBinder(Build(builder), typeof(HnmOptions));
        var options = new HnmOptions();
        binder.Bind(options);
        if (binder.Failures.Count > 0)
            throw new SettingsException(binder.Failures);
        if (TrainingSettings.Failure(options) is { } failure)
            throw new SettingsException([failure]);
        // The consumer copies records up to the decoder's limit, unless its own limit is set.
        if (!binder.Given.Any(g => g.Path.Equals("consuming.maxRecordBytes", StringComparison.OrdinalIgnoreCase)))
            options.Consuming.MaxRecordBytes = options.Wire.MaxRecordBytes;
        return new LoadedSettings(options, binder.Given);
    }

    private static string? Named(Dictionary<string, string?> layer) => layer.GetValueOrDefault(nameof(HnmOptions.TaskFile));

    private Dictionary<string, string?> FromEnvironment()
    {
        // HNM_HTTP__TOKEN looks like a setting but would be ignored.
        var misspelled = environment.Keys
            .Where(name => name.StartsWith("HNM_", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            .Where(name => name.Contains("__", StringComparison.Ordinal))
            .Select(name => $"{name} (environment): variables for settings must start with {EnvironmentPrefix}; did you mean {EnvironmentPrefix}{name["HNM_".Length..]}?")
            .ToList();
        return misspelled.Count > 0 ? throw new SettingsException(misspelled) : Settings();
    }

    private Dictionary<string, string?> Settings() => environment
        .Where(v => v.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(
            v => v.Key[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
            v => (string?)v.Value,
            StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, string?> FromSets(IReadOnlyList<string> sets)
    {
        var layer = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var set in sets)
        {
            var equals = set.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new SettingsException($"--set {Redaction.Show(set, set)}: must be key=value, for example --set pipeline.scoring.share=0.5");
            layer[set[..equals].Trim().Replace('.', ':')] = set[(equals + 1)..];
        }

        return layer;
    }

    private static void AddMemory(ConfigurationBuilder builder, string name, Dictionary<string, string?> layer) =>
        builder.Add(new SettingsLayers.NamedLayer(name, new MemoryConfigurationSource { InitialData = layer }));

    // The name of the file names the layer in messages.
    private static void AddJson(ConfigurationBuilder builder, ConfigFile file) =>
        builder.AddJsonFile(s =>
        {
            s.Path = Path.GetFileName(file.FullPath);
            s.FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(file.FullPath)!, Microsoft.Extensions.FileProviders.Physical.ExclusionFilters.None);
            s.Optional = false;
            s.ReloadOnChange = false;
        });

    private static IConfigurationRoot Build(ConfigurationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException)
        {
            var cause = e.GetBaseException().Message;
            throw new SettingsException(e.Message == cause ? cause : $"{e.Message} {cause}", e);
        }
    }
}

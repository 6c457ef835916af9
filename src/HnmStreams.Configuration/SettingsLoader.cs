using HnmStreams.Configuration.Sections;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace HnmStreams.Configuration;

/// <summary>What the command line says of the settings.</summary>
/// <param name="ConfigFile">A file layered over the default one, or null.</param>
/// <param name="Sets"><c>a.b=c</c>, later ones win.</param>
/// <param name="Flags">Options of the command line by the key that they stand for; they win over everything.</param>
public sealed record SettingsRequest(
    string? ConfigFile = null,
    IReadOnlyList<string>? Sets = null,
    IReadOnlyList<KeyValuePair<string, string>>? Flags = null);

/// <summary>Settings that are bound and valid.</summary>
/// <param name="Given">What a layer set, with the layer that won; values may be secret.</param>
public sealed record LoadedSettings(HnmOptions Options, IReadOnlyList<GivenSetting> Given);

/// <summary>
/// Lays the settings over each other, later ones winning: defaults, <c>config/hnm.json</c>, the task's file, the file of
/// <c>--config</c>, the environment (<c>HNM__Kafka__BootstrapServers</c>), <c>--set</c>, the command's own options.
/// </summary>
public sealed class SettingsLoader(ConfigFiles files, IReadOnlyDictionary<string, string> environment)
{
    private const string EnvironmentPrefix = "HNM__";

    /// <exception cref="SettingsException">A file is not there or not JSON, a key is unknown, or a value is not allowed.</exception>
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
        AddMemory(builder, "environment", fromEnvironment);
        AddMemory(builder, "--set", fromSets);
        AddMemory(builder, SettingsLayers.CommandLine, fromFlags);

        var binder = new SettingsBinder(Build(builder), typeof(HnmOptions));
        var options = new HnmOptions();
        binder.Bind(options);
        if (binder.Failures.Count > 0)
            throw new SettingsException(binder.Failures);
        // One limit, unless two are asked for: what the decoder takes, the consumer copies.
        if (!binder.Given.Any(g => g.Path.Equals("consuming.maxRecordBytes", StringComparison.OrdinalIgnoreCase)))
            options.Consuming.MaxRecordBytes = options.Wire.MaxRecordBytes;
        return new LoadedSettings(options, binder.Given);
    }

    private static string? Named(Dictionary<string, string?> layer) => layer.GetValueOrDefault(nameof(HnmOptions.TaskFile));

    private Dictionary<string, string?> FromEnvironment() => environment
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
                throw new SettingsException($"--set {Redaction.Show(set, set)}: allowed is key=value, such as --set pipeline.scoring.share=0.5");
            layer[set[..equals].Trim().Replace('.', ':')] = set[(equals + 1)..];
        }

        return layer;
    }

    private static void AddMemory(ConfigurationBuilder builder, string name, Dictionary<string, string?> layer) =>
        builder.Add(new SettingsLayers.NamedLayer(name, new MemoryConfigurationSource { InitialData = layer }));

    // The path as the user knows it names the layer; the provider reads the full one.
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

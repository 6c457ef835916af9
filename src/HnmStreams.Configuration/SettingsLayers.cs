using System.Globalization;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace HnmStreams.Configuration;

/// <summary>The layers of the configuration, by name.</summary>
public static class SettingsLayers
{
    public const string Defaults = "default";

    public const string CommandLine = "command line";

    public const string Environment = "environment";

    public const string Sets = "--set";

    /// <summary>Returns true if a setting was given to this process: on its command line or in its environment, not in a file.</summary>
    public static bool IsOfProcess(GivenSetting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting.Origin is CommandLine or Environment or Sets;
    }

    /// <summary>Returns the name of the topmost layer that sets the key or a key below it.</summary>
    public static string OriginOf(IConfigurationRoot configuration, string path)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (provider.TryGet(path, out _) || provider.GetChildKeys([], path).Any())
                return NameOf(provider);
        }

        return Defaults;
    }

    /// <summary>Returns the elements of a list from the topmost layer that sets it. A plain value is split at commas.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> TopmostList(IConfigurationRoot configuration, string path)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            var keys = provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (keys.Count > 0)
            {
                keys.Sort(ConfigurationKeyComparer.Instance);
                return keys.Select(key => new KeyValuePair<string, string?>(key, provider.TryGet($"{path}:{key}", out var value) ? value : null));
            }

            if (provider.TryGet(path, out var text))
            {
                return (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select((value, i) => new KeyValuePair<string, string?>(i.ToString(CultureInfo.InvariantCulture), value));
            }
        }

        return [];
    }

    private static string NameOf(IConfigurationProvider provider) => provider switch
    {
        NamedLayer layer => layer.Name,
        FileConfigurationProvider file => file.Source.Path ?? "file",
        EnvironmentVariablesConfigurationProvider => Environment,
        _ => provider.ToString() ?? provider.GetType().Name,
    };

    /// <summary>A layer of values from the command line or the environment.</summary>
    internal sealed class NamedLayer(string name, MemoryConfigurationSource source) : MemoryConfigurationProvider(source), IConfigurationSource
    {
        public string Name => name;

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }
}

using System.Collections;

namespace HnmStreams.Configuration.Binding;

/// <summary>
/// A strict binder from layered configuration to options classes. The framework's binder stops at the first wrong value,
/// appends to lists that have a default, merges lists of two layers by index, and reads "5" as five days. This one lists
/// every failure with its key, value, origin and the allowed values, and the list of the topmost layer wins as a whole.
/// </summary>
internal sealed class SettingsBinder
{
    private readonly IConfigurationRoot _configuration;
    private readonly SettingsNode _root;
    private readonly List<string> _failures = [];
    private readonly List<GivenSetting> _given = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);

    public SettingsBinder(IConfigurationRoot configuration, Type options)
    {
        _configuration = configuration;
        _root = SettingsNode.Root(options);
    }

    /// <summary>The failures, one line each.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>The settings that a layer has set, with the layer that won.</summary>
    public IReadOnlyList<GivenSetting> Given => _given;

    /// <summary>Binds all keys, then validates the whole tree.</summary>
    public void Bind(object options)
    {
        BindSection(_root, options, _configuration);
        foreach (var (node, value, failure) in SettingsValidation.Validate(_root, options))
        {
            // A value that could not be converted is already listed. Its default is not the cause.
            if (!_failed.Contains(node.Path))
                Fail(node.Path, value, failure);
        }
    }

    private void BindSection(SettingsNode node, object target, IConfiguration section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!node.Children.TryGetValue(child.Key, out var known))
            {
                // Editors read the schema's location from the file itself.
                if (node != _root || !child.Key.Equals("$schema", StringComparison.Ordinal))
                    FailUnknown(node, child);
                continue;
            }

            switch (known.Kind)
            {
                case SettingsNodeKind.Section:
                    BindNested(known, target, child);
                    break;
                case SettingsNodeKind.Leaf:
                    BindLeaf(known, target, child);
                    break;
                case SettingsNodeKind.List:
                    BindList(known, target, child);
                    break;
                case SettingsNodeKind.Map:
                    BindMap(known, target, child);
                    break;
            }
        }
    }

    private void BindNested(SettingsNode node, object target, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value) || !section.GetChildren().Any())
        {
            if (string.IsNullOrEmpty(section.Value) && ConfiguredNull(section) is false)
                return;
            Fail(node.Path, section.Value, "must be a section with the keys " + string.Join(", ", node.Children.Keys));
            if (!section.GetChildren().Any())
                return;
        }

        var value = node.Property!.GetValue(target);
        if (value is null)
        {
            value = Activator.CreateInstance(node.Type)!;
            node.Property.SetValue(target, value);
        }

        BindSection(node, value, section);
    }

    private void BindLeaf(SettingsNode node, object target, IConfigurationSection section)
    {
        if (section.GetChildren().FirstOrDefault() is { } nested)
        {
            Fail($"{node.Path}.{nested.Key}", nested.Value, $"unknown key; {node.Path} is a single value and must be {SettingsConversion.Allowed(node)}");
            return;
        }

        // An empty environment variable is the usual way to unset a nullable value.
        if (section.Value is null || (section.Value is "" or "null" && node.AllowsNull))
        {
            if (node.AllowsNull)
                Set(node, target, null, section);
            else
                Fail(node.Path, null, Allowed(node));
            return;
        }

        if (SettingsConversion.TryConvert(node.ValueType, section.Value, out var value))
            Set(node, target, value, section);
        else
            Fail(node.Path, section.Value, Allowed(node));
    }

    private void BindList(SettingsNode node, object target, IConfigurationSection section)
    {
        var values = new List<object>();
        foreach (var (key, text) in SettingsLayers.TopmostList(_configuration, section.Path))
        {
            if (text is not null && SettingsConversion.TryConvert(node.ValueType, text, out var value))
                values.Add(value);
            else
                Fail($"{node.Path}.{key}", text, Allowed(node));
        }

        var array = Array.CreateInstance(node.ValueType, values.Count);
        ((ICollection)values).CopyTo(array, 0);
        var list = node.Type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(node.Type, array);
        node.Property!.SetValue(target, list);
        _given.Add(new GivenSetting(node.Path, string.Join(", ", values), SettingsLayers.OriginOf(_configuration, section.Path)));
    }

    private void BindMap(SettingsNode node, object target, IConfigurationSection section)
    {
        var map = (IDictionary<string, string>)node.Property!.GetValue(target)!;
        foreach (var (path, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is null || path.Length == 0)
                continue;
            // sasl.password is one librdkafka key, also if it is nested in JSON or written into the name of a variable.
            var key = path.Replace(':', '.');
            map[key] = value;
            _given.Add(new GivenSetting($"{node.Path}.{key}", value, SettingsLayers.OriginOf(_configuration, $"{section.Path}:{path}")));
        }
    }

    private void Set(SettingsNode node, object target, object? value, IConfigurationSection section)
    {
        node.Property!.SetValue(target, value);
        _given.Add(new GivenSetting(node.Path, section.Value, SettingsLayers.OriginOf(_configuration, section.Path)));
    }

    private void FailUnknown(SettingsNode node, IConfigurationSection child)
    {
        var path = node.Path.Length == 0 ? child.Key : $"{node.Path}.{child.Key}";
        var origin = SettingsLayers.OriginOf(_configuration, child.Path);
        foreach (var old in Leaves(path, child))
        {
            if (RenamedKeys.Find(old) is { } renamed)
            {
                _failures.Add($"{old} ({origin}): this setting is now called {renamed}");
                continue;
            }

            var nearest = NearestKey.Find(_root, node, child.Key);
            _failures.Add($"{path} ({origin}): unknown key" + (nearest is null ? "" : $"; did you mean {nearest}?"));
            return;
        }
    }

    private static IEnumerable<string> Leaves(string path, IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        return children.Count == 0 ? [path] : children.SelectMany(child => Leaves($"{path}.{child.Key}", child));
    }

    private void Fail(string path, object? value, string failure)
    {
        _failed.Add(path);
        var origin = SettingsLayers.OriginOf(_configuration, path.Replace('.', ':'));
        var shown = value switch
        {
            null => "is not set",
            string text => $"= '{Redaction.Show(path, text)}'",
            _ => $"= {Shown(path, value)}",
        };
        _failures.Add($"{path} {shown} ({origin}): {failure}");
    }

    private static string? Shown(string path, object value) => value switch
    {
        TimeSpan duration => Duration.Format(duration),
        IFormattable number => Redaction.Show(path, number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)),
        IDictionary<string, string> map => $"{{ {string.Join(", ", map.Select(m => $"{m.Key}: {Redaction.Show($"{path}.{m.Key}", m.Value)}"))} }}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(v => Redaction.Show(path, v.ToString())))}]",
        bool flag => flag ? "true" : "false",
        _ => "{ … }",
    };

    private static string Allowed(SettingsNode node) => $"must be {SettingsConversion.Allowed(node)}";

    private bool ConfiguredNull(IConfigurationSection section) =>
        _configuration.Providers.Any(p => p.TryGet(section.Path, out var value) && value is null);
}

using HnmStreams.Configuration.Binding;
using HnmStreams.Configuration.Sections;
using Namotion.Reflection;

namespace HnmStreams.Configuration.Reference;

/// <summary>One setting as the reference and the JSON schema describe it.</summary>
/// <param name="Path">Dotted key, for example <c>pipeline.scoring.share</c>.</param>
/// <param name="Description">The summary of the option's XML documentation, as Markdown on one line; empty if it has none.</param>
/// <param name="Allowed">The values that validation accepts, in words.</param>
/// <param name="Default">The built-in default as it is written in a settings file; null if the setting is not set by default.</param>
/// <param name="StartHere">True for the few settings that a new user should know.</param>
internal sealed record DescribedSetting(SettingsNode Node, string Path, string Description, string Allowed, string? Default, bool StartHere);

/// <summary>All settings with their descriptions, read from the options classes and their XML documentation files.</summary>
/// <remarks>The documentation files are in the folder of the assemblies. Without them the descriptions are empty.</remarks>
internal static class SettingsCatalog
{
    private static readonly XmlDocsOptions Markdown = new() { FormattingMode = XmlDocsFormattingMode.Markdown };

    /// <summary>Keys that a new user should look at first, in the order in which they matter.</summary>
    public static readonly IReadOnlyList<string> StartHere =
    [
        "kafka.bootstrapServers", "kafka.topic", "kafka.groupId", "task.name", "data.path", "data.columns.label", "data.labels.positive",
        "data.split.share", "pipeline.device", "pipeline.pool.count", "pipeline.training.learningRate", "pipeline.evaluation.heldOutShare",
        "pipeline.baselines.enabled", "checkpoints.folder", "http.urls",
    ];

    /// <summary>Returns every leaf, list and map of the settings in the order of declaration.</summary>
    public static IReadOnlyList<DescribedSetting> All() => [.. Describe(SettingsNode.Root(typeof(HnmOptions)), new HnmOptions())];

    /// <summary>Returns the summary of a section or setting as Markdown on one line.</summary>
    public static string DescriptionOf(SettingsNode node)
    {
        var own = node.Property?.GetXmlDocsSummary(Markdown) ?? "";
        if (own.Length == 0 && node.Kind == SettingsNodeKind.Section)
            own = node.Type.GetXmlDocsSummary(Markdown);
        return string.Join(' ', own.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<DescribedSetting> Describe(SettingsNode section, object? defaults)
    {
        foreach (var child in section.Children.Values)
        {
            var value = defaults is null ? null : child.Property!.GetValue(defaults);
            if (child.Kind == SettingsNodeKind.Section)
            {
                foreach (var nested in Describe(child, value ?? Activator.CreateInstance(child.Type)))
                    yield return nested;
                continue;
            }

            yield return new DescribedSetting(
                child,
                child.Path,
                DescriptionOf(child),
                child.Kind switch
                {
                    SettingsNodeKind.Map => "a map from names to text",
                    SettingsNodeKind.List => $"a list; each value {SettingsConversion.Allowed(child)}",
                    _ => SettingsConversion.Allowed(child),
                },
                SettingText.Of(value) is { Length: > 0 } text ? text : null,
                StartHere.Contains(child.Path, StringComparer.Ordinal));
        }
    }
}

using System.Text.Json;
using HnmStreams.Configuration.Reference;

namespace HnmStreams.Configuration.Tests.Reference;

/// <summary>Tests that the committed reference and schema match the options classes.</summary>
public sealed class GeneratedFilesTests
{
    private static readonly string Config = Path.Combine(RepositoryRoot(), "config");

    [Fact]
    public void The_reference_is_up_to_date() =>
        Assert.True(File.ReadAllText(Path.Combine(Config, "README.md")) == SettingsReference.Markdown(), "config/README.md is out of date; run `make reference`");

    [Fact]
    public void The_schema_is_up_to_date() =>
        Assert.True(File.ReadAllText(Path.Combine(Config, "hnm.schema.json")) == SettingsSchema.Json(), "config/hnm.schema.json is out of date; run `make reference`");

    [Fact]
    public void Every_shipped_settings_file_names_the_schema()
    {
        string[] files = [Path.Combine(Config, "hnm.json"), .. Directory.GetFiles(Path.Combine(Config, "tasks"), "*.json")];
        Assert.All(files, file =>
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var schema = json.RootElement.GetProperty("$schema").GetString()!;
            Assert.Equal(Path.Combine(Config, "hnm.schema.json"), Path.GetFullPath(schema, Path.GetDirectoryName(file)!));
        });
    }

    [Fact]
    public void Every_setting_has_a_description()
    {
        var without = SettingsCatalog.All().Where(s => s.Description.Length < 10).Select(s => s.Path).ToList();
        Assert.Empty(without);
    }

    [Fact]
    public void Every_setting_to_start_with_exists() =>
        Assert.Equal(SettingsCatalog.StartHere.Order(StringComparer.Ordinal), SettingsCatalog.All().Where(s => s.StartHere).Select(s => s.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void Explains_a_setting_with_its_value_in_effect()
    {
        using var folder = new SettingsFolder();
        var lines = SettingsReference.Explain("pipeline.pool.count", folder.Load(null, ["pipeline.pool.count=7"]));
        Assert.Equal("pipeline.pool.count", lines[0]);
        Assert.Contains("  in effect: 7 (--set)", lines);
        Assert.Empty(SettingsReference.Explain("pipeline.nothing", folder.Load()));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests must run inside the repository.");
        return folder.FullName;
    }
}

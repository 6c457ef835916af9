using System.Text.Json;
using CsCheck;
using HnmStreams.Host.Tune;

namespace HnmStreams.Host.Tests.Tune;

public sealed class SettingsFileEditTests
{
    private const string File =
        """
        {
          "task": { "name": "tabular" },
          "pipeline": {
            // Keep this comment: "mix" { is not a brace.
            "mix": { "batchSize": 16, "hardShare": 0.5 },
            "training": {
              "learningRate": 0.001 // the default
            },
            "reservoirs": {}
          },
        }
        """;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Keys =
        ["pipeline.mix.batchSize", "pipeline.mix.positiveShare", "pipeline.training.learningRate", "pipeline.pool.count", "pipeline.reservoirs.negatives", "data.seed", "task.name"];

    [Fact]
    public void Replaces_a_value_and_writes_the_comment_above_it() =>
        Assert.Contains(
            """
                "training": {
                  // was 0.001
                  // two lines
                  "learningRate": 0.003 // the default
                },
            """,
            SettingsFileEdit.Set(File, "pipeline.training.learningRate", "0.003", ["was 0.001", "two lines"]),
            StringComparison.Ordinal);

    [Fact]
    public void Breaks_the_line_of_an_object_for_the_comment()
    {
        var text = SettingsFileEdit.Set(File, "pipeline.mix.hardShare", "1", ["better"]);
        Assert.Contains("\"mix\": { \"batchSize\": 16,\n      // better\n      \"hardShare\": 1 },", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Adds_a_setting_to_the_deepest_object_that_exists() =>
        Assert.Contains(
            """
              "pipeline": {
                // new
                "pool": { "halfLife": 20 },
                // Keep this comment: "mix" { is not a brace.
            """,
            SettingsFileEdit.Set(File, "pipeline.pool.halfLife", "20", ["new"]),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("{ }")]
    [InlineData("{\n}\n")]
    [InlineData("{ \"a\": 1 }")]
    [InlineData("{ \"Pipeline\": { \"pool\": {} } }")]
    [InlineData("{ \"pipeline\": { \"x\": [1, {\"pool\": 2}] } } // end")]
    [InlineData("{\r\n  \"ä\": \"ö\",\r\n  \"pipeline\": {\r\n    \"mix\": {} }\r\n}")]
    public void Every_object_can_get_a_setting(string json)
    {
        var text = SettingsFileEdit.Set(json, "pipeline.pool.count", "12", ["why"]);
        Assert.Equal("12", Read(text, "pipeline.pool.count"));
        Assert.Equal("13", Read(SettingsFileEdit.Set(text, "pipeline.pool.count", "13", []), "pipeline.pool.count"));
    }

    [Fact]
    public void Other_settings_and_comments_stay() =>
        Gen.Select(Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]), Gen.Int[0, 2].Select(i => new[] { "7", "0.25", "percentile" }[i])).Array[1, 6].Sample(
            changes =>
            {
                var text = File;
                foreach (var (key, value) in changes)
                    text = SettingsFileEdit.Set(text, key, value, [$"{key} is {value}"]);
                foreach (var group in changes.GroupBy(c => c.Item1, StringComparer.Ordinal))
                    Assert.Equal(group.Last().Item2, Read(text, group.Key));
                foreach (var key in (string[])["pipeline.mix.batchSize", "pipeline.mix.hardShare", "pipeline.training.learningRate", "task.name"])
                {
                    if (!changes.Any(c => c.Item1 == key))
                        Assert.Equal(Read(File, key), Read(text, key));
                }

                Assert.Contains("// Keep this comment", text, StringComparison.Ordinal);
                Assert.Contains("// the default", text, StringComparison.Ordinal);
                Assert.All(changes, c => Assert.Contains($"// {c.Item1} is {c.Item2}\n", text, StringComparison.Ordinal));
            },
            seed: "0000KOIPe036", iter: 300, threads: 1);

    private static string Read(string json, string key)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        var element = document.RootElement;
        foreach (var name in key.Split('.'))
            element = element.EnumerateObject().Single(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return element.ToString();
    }
}

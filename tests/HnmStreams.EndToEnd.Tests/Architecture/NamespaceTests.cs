using System.Text.RegularExpressions;
using HnmStreams.EndToEnd.Tests.Configuration;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>The dependencies between the namespaces of each project have no cycles, and no folder has too many files.</summary>
public sealed partial class NamespaceTests
{
    private const int MaxFilesPerFolder = 15;

    public static TheoryData<string> Projects => [.. SourceNamespaces.Projects()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_namespaces_of_a_project_have_no_cycles(string project) =>
        Assert.Empty(SourceNamespaces.Of(project).Cycles().Select(cycle => string.Join(" ", cycle)));

    [Fact]
    public void A_folder_of_the_pipeline_uses_only_those_above_it_in_the_README()
    {
        const string project = "HnmStreams.Pipeline";
        var listed = TableRow().Matches(File.ReadAllText(Repository.File("src", project, "README.md"))).Select(row => row.Groups["folder"].Value).ToList();
        var uses = SourceNamespaces.Of(project).UsesPerFolder(project);
        Assert.Equal(uses.Keys, listed.Order(StringComparer.Ordinal));
        var wrong = listed.SelectMany((folder, i) => uses[folder].Where(used => listed.IndexOf(used) > i).Select(used => $"{folder} uses {used}"));
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_has_at_most_15_source_files(string project)
    {
        var large = SourceNamespaces.FilesPerFolder(project)
            .Where(folder => folder.Files > MaxFilesPerFolder)
            .Select(folder => $"{folder.Path} has {folder.Files} files");
        Assert.Empty(large);
    }

    [Fact]
    public void Finds_a_cycle_through_several_namespaces()
    {
        var graph = new SourceNamespaces();
        graph.Add("A", ["A.One"]);
        graph.Add("A.One", ["A.Two", "System.Text"]);
        graph.Add("A.Two", ["A.Three"]);
        graph.Add("A.Three", ["A.One"]);
        Assert.Equal(["A.One", "A.Three", "A.Two"], Assert.Single(graph.Cycles()));
    }

    [Fact]
    public void Allows_a_namespace_to_use_those_that_enclose_it()
    {
        var graph = new SourceNamespaces();
        graph.Add("A", ["A.One"]);
        graph.Add("A.One", ["A"]);
        Assert.Empty(graph.Cycles());
    }

    [GeneratedRegex(@"^\| \[(?<folder>\w+)\]\(\k<folder>/README\.md\) \|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableRow();
}

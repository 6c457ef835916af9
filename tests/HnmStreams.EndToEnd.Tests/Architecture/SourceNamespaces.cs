using System.Text.RegularExpressions;
using HnmStreams.EndToEnd.Tests.Configuration;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>The namespaces of a project and the namespaces that each one uses, read from the <c>using</c> directives of the source.</summary>
/// <remarks>Unused directives fail the build (IDE0005), so every directive is a dependency.</remarks>
internal sealed partial class SourceNamespaces
{
    private static readonly string[] GeneratedFolders = ["bin", "obj", "wwwroot"];

    private readonly SortedDictionary<string, SortedSet<string>> _uses = new(StringComparer.Ordinal);

    /// <summary>Returns the names of the projects under <c>src</c>.</summary>
    public static IEnumerable<string> Projects() =>
        Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories)
            .Where(file => !IsGenerated(file))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    public static SourceNamespaces Of(string project)
    {
        var root = Repository.File("src", project);
        var graph = new SourceNamespaces();
        foreach (var file in Sources(project))
        {
            var text = File.ReadAllText(file);
            var folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!);
            var name = NamespaceLine().Match(text) is { Success: true } line
                ? line.Groups["name"].Value
                : folder == "." ? project : $"{project}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
            graph.Add(name, UsingLine().Matches(text).Select(m => m.Groups["name"].Value));
        }

        return graph;
    }

    /// <summary>Returns each folder of the project with its number of source files, without those of its subfolders.</summary>
    public static IEnumerable<(string Path, int Files)> FilesPerFolder(string project) =>
        Sources(project).CountBy(file => Path.GetRelativePath(Repository.File(), Path.GetDirectoryName(file)!)).Select(folder => (folder.Key, folder.Value));

    /// <summary>Adds the dependencies of one file. A namespace may always use those that enclose it, so these do not count.</summary>
    public void Add(string name, IEnumerable<string> uses)
    {
        if (!_uses.TryGetValue(name, out var all))
            _uses.Add(name, all = new SortedSet<string>(StringComparer.Ordinal));
        all.UnionWith(uses.Where(used => used != name && !name.StartsWith(used + ".", StringComparison.Ordinal)));
    }

    /// <summary>Returns the other folders that each top-level folder of the project uses.</summary>
    public SortedDictionary<string, SortedSet<string>> UsesPerFolder(string project)
    {
        var folders = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (name, uses) in _uses)
        {
            if (Folder(name) is not { } folder)
                continue;
            if (!folders.TryGetValue(folder, out var all))
                folders.Add(folder, all = new SortedSet<string>(StringComparer.Ordinal));
            all.UnionWith(uses.Select(Folder).OfType<string>().Where(used => used != folder));
        }

        return folders;

        string? Folder(string name) => name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..].Split('.')[0] : null;
    }

    /// <summary>Returns the sets of namespaces that use each other, directly or indirectly. O(namespaces x dependencies).</summary>
    public IEnumerable<IReadOnlyList<string>> Cycles()
    {
        var reachable = _uses.Keys.ToDictionary(name => name, Reachable, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in _uses.Keys.Where(name => reachable[name].Contains(name) && !found.Contains(name)))
        {
            var cycle = reachable[name].Where(other => reachable[other].Contains(name)).Order(StringComparer.Ordinal).ToArray();
            found.UnionWith(cycle);
            yield return cycle;
        }
    }

    private HashSet<string> Reachable(string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var name))
        {
            foreach (var used in _uses[name].Where(_uses.ContainsKey).Where(reached.Add))
                open.Push(used);
        }

        return reached;
    }

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Repository.File("src", project), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !IsGenerated(file));

    private static bool IsGenerated(string file) =>
        Path.GetRelativePath(Repository.File("src"), file).Split(Path.DirectorySeparatorChar).Intersect(GeneratedFolders).Any();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^@?using\s+(?:static\s+)?(?<name>[\w.]+)\s*;?\s*$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex UsingLine();
}

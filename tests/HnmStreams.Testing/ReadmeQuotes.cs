using System.Text.RegularExpressions;
using Xunit;

namespace HnmStreams.Testing;

/// <summary>
/// A check that the samples in a README equal compiled source. A quote is a comment <c>&lt;!-- quote: PATH#REGION --&gt;</c>, with a path from
/// the repository's root, followed by a fenced block. The block must equal the regions of that name in the file (<c>#region NAME</c> to
/// <c>#endregion</c>, in Python <c># region NAME</c> to <c># endregion</c>), without their indentation and joined by empty lines.
/// </summary>
public static partial class ReadmeQuotes
{
    /// <summary>Fails if a quote in the README differs from its source, or if the README has none.</summary>
    /// <param name="readme">The path from the repository's root.</param>
    public static void Verify(string readme)
    {
        var root = RepositoryRoot();
        var quotes = Quote().Matches(File.ReadAllText(Path.Combine(root, readme)).ReplaceLineEndings("\n"));
        Assert.True(quotes.Count > 0, $"{readme} quotes no source: expected <!-- quote: PATH#REGION --> before a code block.");
        foreach (Match quote in quotes)
        {
            var (path, region) = (quote.Groups["path"].Value, quote.Groups["region"].Value);
            var source = Regions(File.ReadLines(Path.Combine(root, path)), region);
            Assert.True(source.Length > 0, $"{path} has no region '{region}', which {readme} quotes.");
            Assert.Equal(source, quote.Groups["block"].Value);
        }
    }

    /// <summary>Returns the folder that contains the solution.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} contains HnmStreams.sln.");
    }

    private static string Regions(IEnumerable<string> lines, string region)
    {
        var regions = new List<List<string>>();
        var inside = false;
        foreach (var line in lines)
        {
            var mark = RegionMark().Match(line);
            if (!mark.Success)
            {
                if (inside)
                    regions[^1].Add(line.TrimEnd());
                continue;
            }

            inside = string.Equals(mark.Groups["name"].Value, region, StringComparison.Ordinal);
            if (inside)
                regions.Add([]);
        }

        return string.Join("\n\n", regions.Select(Unindented));
    }

    private static string Unindented(List<string> lines)
    {
        var indent = lines.Where(l => l.Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(l => l.Length == 0 ? l : l[indent..])).Trim('\n');
    }

    [GeneratedRegex(@"<!-- quote: (?<path>[^#\s]+)#(?<region>[\w-]+) -->\n+```\w*\n(?<block>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quote();

    [GeneratedRegex(@"^\s*# ?(region\s+(?<name>[\w-]+)|endregion)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RegionMark();
}

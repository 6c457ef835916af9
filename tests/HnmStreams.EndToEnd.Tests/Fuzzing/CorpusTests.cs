using HnmStreams.Fuzzing;
using HnmStreams.Fuzzing.Running;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Fuzzing;

public sealed class CorpusTests
{
    // The repository grows with every minimized corpus.
    private const long MaxBytes = 512 << 10;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_input_of_the_corpus_is_read_or_rejected(string name)
    {
        using var target = FuzzTargets.Create(name);
        var inputs = 0;
        foreach (var input in Corpus.Inputs(target))
        {
            target.Run(input);
            inputs++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{inputs} inputs");
        Assert.True(inputs > target.Seeds().Count(), "The target has no corpus.");
    }

    [Fact]
    public void The_corpus_stays_small()
    {
        var folder = new DirectoryInfo(Path.Combine(AppContext.BaseDirectory, "Corpus"));
        Assert.InRange(folder.EnumerateFiles("*.zip").Sum(static file => file.Length), 1, MaxBytes);
        Assert.Empty(folder.EnumerateFiles().Select(static file => Path.GetFileNameWithoutExtension(file.Name)).Except(FuzzTargets.Names, StringComparer.Ordinal));
    }

    [Fact]
    public void Packs_each_input_once_and_without_the_seeds()
    {
        using var folder = new TemporaryFolder();
        folder.With("in/a", "new").With("in/b", "new").With("in/c", "other");
        using var target = FuzzTargets.Create("json");
        File.WriteAllBytes(folder["in/d"], target.Seeds().First());
        Assert.Equal(2, Corpus.Pack(target, folder["in"], folder["one.zip"]));
        Assert.Equal(2, Corpus.Pack(target, folder["in"], folder["two.zip"]));
        Assert.Equal(File.ReadAllBytes(folder["one.zip"]), File.ReadAllBytes(folder["two.zip"]));
    }

    [Fact]
    public void An_unknown_target_is_refused_with_the_known_ones() =>
        Assert.Contains("protobuf, json", Assert.Throws<ArgumentException>(() => FuzzTargets.Create("yaml")).Message, StringComparison.Ordinal);
}

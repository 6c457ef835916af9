using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Tests.Readers;

namespace HnmStreams.Data.Tests.Sets;

/// <summary>Tests that compare the counted memory of held examples with the memory in use after a full garbage collection.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class HeldMemoryTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => ["tensor", "features", "words", "text", "json features", "examples"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Counted_memory_is_within_a_fifth_of_the_memory_in_use(string kind)
    {
        var path = Write(kind, 40_000);
        Load(path, kind).Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var examples = Load(path, kind);
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        var memory = new HeldMemory();
        foreach (var example in examples)
            memory.Add(example);
        Assert.InRange((double)memory.Bytes / used, 1 / 1.2, 1.2);
    }

    private static List<Example> Load(string path, string kind)
    {
        var options = new DataOptions { Format = kind == "examples" ? DataFormat.Examples : DataFormat.Auto };
        return [.. ExampleSet.Open(path, null, options).Load(SetPart.Train, TestContext.Current.CancellationToken)];
    }

    private string Write(string kind, int rows)
    {
        var numbers = Enumerable.Range(0, rows);
        return kind switch
        {
            "tensor" => _folder.Write("t.csv", "a,b,c,d,label\n" + string.Concat(numbers.Select(i => $"{i},{i % 7},0.5,{i % 13},{i % 2}\n"))),
            "features" => _folder.Write("t.csv", "a,b,c,label\n" + string.Concat(numbers.Select(i => $"{i},red,{i % 13},{i % 2}\n"))),
            "words" => _folder.Write("t.csv", "a,b,c,label\n" + string.Concat(numbers.Select(i => $"{i},word-{i},{i % 13},{i % 2}\n"))),
            "text" => _folder.Write("t.csv", "text,label\n" + string.Concat(numbers.Select(i => $"a text of the number {i},class-{i % 5}\n"))),
            "json features" => _folder.Write("t.jsonl", string.Concat(numbers.Select(i => $$"""{"amount":{{i}},"country":"DE","note":"n{{i}}","label":"{{i % 2}}"}""" + "\n"))),
            _ => _folder.Write("t.jsonl", string.Concat(numbers.Select(i => $$$"""{"id":"i-{{{i}}}","target":{"label":"fraud"},"input":{"features":{"amount":{{{i}}},"country":"DE"}},"eventTime":"2026-11-23T10:00:00Z"}""" + "\n"))),
        };
    }
}

/// <summary>A collection for tests that measure the memory of the process. It does not run in parallel with other tests.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;

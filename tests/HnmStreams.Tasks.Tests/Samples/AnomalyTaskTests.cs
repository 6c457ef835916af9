using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Testing;

namespace HnmStreams.Tasks.Tests.Samples;

public sealed class AnomalyTaskTests : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedTargets => ["label"];

    [Fact]
    public void The_README_quotes_the_sample() => ReadmeQuotes.Verify("src/HnmStreams.Tasks/README.md");

    protected override IMiningTask Create() => new AnomalyTask();

    protected override Example ValidExample(int index)
    {
        float[] numbers = [index % 3 == 1 ? 2 + (index % 7 / 7f) : -1 - (index % 5 / 5f), index * 31 % 17 / 17f];
        return new Example(
            $"row-{index}",
            new Target.Label(index % 3 == 1 ? "anomaly" : "normal"),
            new ExampleInput.Dense(ElementType.Float32, [2], MemoryMarshal.AsBytes<float>(numbers).ToArray()));
    }
}

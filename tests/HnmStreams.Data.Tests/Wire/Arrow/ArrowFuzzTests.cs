using HnmStreams.Data.Examples;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire.Arrow;

[Trait("Category", "Fuzz")]
public sealed class ArrowFuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261130);
    private static readonly int Records = Mutation.Inputs(30_000);

    // The columns of a schema are objects, and the first rejection of a kind loads its message.
    private const int AllocationAllowance = 256 * 1024;

    [Fact]
    public void Mutated_records_are_rejected_or_give_valid_rows()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var mutation = new Mutation(Seed);
        var seeds = ExampleGen.Fixed(200, Seed).Where(static e => e.Target is not (Target.Boxes or Target.LabelSet))
            .Select(static (e, i) => ExampleEncoder.ToArrow([e, e with { Id = $"{i}" }, e with { Weight = 2 }], i % 2 == 0 ? ["gone"] : null)).ToArray();
        FuzzCheck.LoadTables();
        using var rows = new ExampleDecoder(new WireLimits()).CreateRows();
        var (rejected, refusedRows, examples) = (0, 0, 0);
        for (var i = 0; i < Records; i++)
        {
            var value = mutation.Apply(seeds[mutation.Below(seeds.Length)]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (rows.Open(value) is { } whole)
            {
                FuzzCheck.Holds(whole is { Reason.Length: > 0, Detail.Length: > 0 }, value);
                rejected++;
                continue;
            }

            FuzzCheck.Holds(rows.Count <= new WireLimits().Arrow.MaxRows, value);
            while (rows.Position < rows.Count)
            {
                var result = rows.Read(out var example);
                FuzzCheck.Holds(result.Kind == RowKind.Rejected == result.Reason is { Length: > 0 }, value);
                if (result.Kind == RowKind.Rejected)
                    refusedRows++;
                else
                    FuzzCheck.Holds(rows.Id.Length is > 0 and <= 256, value);
                if (result.Kind != RowKind.Example)
                    continue;
                FuzzCheck.IsValid(example.ToExample(), value);
                examples++;
            }

            FuzzCheck.AllocatedAtMost(AllocationAllowance + (64L * value.Length) + (1_024L * rows.Count), before, value);
            if (i % 16 == 0 && rows.Count > 0)
                rows.CopyRow(1 << 20);
        }

        Assert.InRange(rejected, Records / 10, Records - 1);
        Assert.True(refusedRows > 0 && examples > 0);
    }

    [Fact]
    public void Truncated_records_never_throw()
    {
        var value = ExampleEncoder.ToArrow([new Example("a", new Target.Label("x"), new ExampleInput.Features([new Feature("n", 1, null), new Feature("c", 0, "d")]), DateTimeOffset.UnixEpoch, 2)], ["b"]);
        using var rows = new ExampleDecoder(new WireLimits()).CreateRows();
        for (var length = 0; length < value.Length; length++)
        {
            if (rows.Open(value.AsMemory(0, length)) is null)
                Assert.True(rows.Count is 0 or 2);
        }
    }
}

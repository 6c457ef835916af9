using HnmStreams.Data.Examples;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing;

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
        var seeds = ExampleGen.Fixed(200, Seed).Where(static e => e.Target is not Target.Boxes)
            .Select(static (e, i) => ExampleEncoder.ToArrow([e, e with { Id = $"{i}" }, e with { Weight = 2 }], i % 2 == 0 ? ["gone"] : null)).ToArray();
        // Loads the table of compositions, which is not part of the cost of a record.
        LabelText.Canonical("e\u0301");
        using var rows = new ExampleDecoder(new WireLimits()).CreateRows();
        var (rejected, refusedRows, examples) = (0, 0, 0);
        for (var i = 0; i < Records; i++)
        {
            var value = mutation.Apply(seeds[mutation.Below(seeds.Length)]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (rows.Open(value) is { } whole)
            {
                Check(whole is { Reason.Length: > 0, Detail.Length: > 0 }, value);
                rejected++;
                continue;
            }

            Check(rows.Count <= new WireLimits().Arrow.MaxRows, value);
            while (rows.Position < rows.Count)
            {
                var result = rows.Read(out var example);
                Check(result.Kind == RowKind.Rejected == result.Reason is { Length: > 0 }, value);
                if (result.Kind == RowKind.Rejected)
                    refusedRows++;
                else
                    Check(rows.Id.Length is > 0 and <= 256, value);
                if (result.Kind != RowKind.Example)
                    continue;
                AssertValid(example.ToExample(), value);
                examples++;
            }

            Check(GC.GetAllocatedBytesForCurrentThread() - before < AllocationAllowance + (64L * value.Length) + (1_024L * rows.Count), value);
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

    private static void AssertValid(Example e, byte[] value)
    {
        Check(e.Weight > 0 && e.Weight <= new WireLimits().MaxWeight, value);
        switch (e.Input)
        {
            case ExampleInput.Dense d:
                Check(d.Shape.Count is > 0 and <= 8 && d.Shape.All(static n => n > 0), value);
                Check(d.Shape.Aggregate(d.Type == ElementType.UInt8 ? 1L : 4L, static (a, b) => a * b) == d.Data.Length, value);
                break;
            case ExampleInput.Features f:
                Check(f.Items.Count > 0 && f.Items.All(static n => n.Name.Length > 0 && double.IsFinite(n.Number)), value);
                break;
        }
    }

    // The record is formatted only on failure.
    private static void Check(bool holds, byte[] record)
    {
        if (!holds)
            Assert.Fail(Convert.ToHexString(record));
    }
}

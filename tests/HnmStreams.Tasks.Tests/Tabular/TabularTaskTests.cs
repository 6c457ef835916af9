using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Tests.Conformance;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Tabular;

public sealed class TabularConformance : LabeledTaskConformance
{
    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new TabularTask(new TabularOptions { Features = 5, Hidden = [16] });

    protected override Example ValidExample(int index) => TabularTaskTests.Row(
        new Target.ClassIndex(index % 3), index % 3 == 1 ? 2 : -1, index % 7 / 7f, index % 5 / 5f, (index * 31 % 17 / 17f) - 0.5f, index % 3);
}

public sealed class NamedTabularConformance : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedInputs => ["features"];

    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new TabularTask(new TabularOptions { Hidden = [16], Buckets = 256 });

    protected override Example ValidExample(int index) => TabularTaskTests.Named(
        new Target.ClassIndex(index % 3),
        new Feature("amount", index % 7 * 1000, null),
        new Feature("hour", index * 31 % 17, null),
        new Feature("country", 0, index % 3 == 1 ? "far" : index % 2 == 0 ? "near" : "here"));
}

public sealed class NamedTabularClassesConformance : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedInputs => ["features"];

    protected override IMiningTask Create() => new TabularTask(new TabularOptions { Positive = null, Labels = ["a", "b", "c"], Hidden = [16], Buckets = 256 });

    protected override Example ValidExample(int index) => TabularTaskTests.Named(
        new Target.ClassIndex(index % 3), new Feature("size", index % 3 * 1e6, null), new Feature("color", 0, index % 3 == 1 ? "red" : "blue"));
}

public sealed class TabularTaskTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Rejects_a_number_that_is_not_finite(float value)
    {
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions { Features = 3 });
        Assert.Equal("not-finite", task.Encode(Row(new Target.ClassIndex(0), 1, value, 2), rows)?.Reason);
    }

    [Fact]
    public void Dense_numbers_are_collated_unchanged()
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions { Features = 3 });
        Assert.Null(task.Encode(Row(new Target.ClassIndex(0), 1, -2.5f, 1e30f), rows));
        Assert.Equal([1, -2.5f, 1e30f], task.Collate(rows, [0]).data<float>().ToArray());
    }

    [Fact]
    public void The_order_of_named_features_does_not_matter()
    {
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions());
        Feature[] features = [new("a", 1.5, null), new("b", -2, null), new("c", 0, "x"), new("c", 0, "y"), new("a", 0, "x")];
        Assert.Null(task.Encode(Named(new Target.ClassIndex(0), features), rows));
        Assert.Null(task.Encode(Named(new Target.ClassIndex(0), [.. features.Reverse()]), rows));
        Assert.True(rows.Payload(0).SequenceEqual(rows.Payload(1)));

        using var scope = NewDisposeScope();
        Assert.Null(task.Encode(Named(new Target.ClassIndex(0), features[0]), rows));
        var input = task.Collate(rows, [0, 2]);
        Assert.Equal([2, 5, 2], input.shape);
        var pairs = Enumerable.Range(0, 5).Select(i => (Bucket: (int)input[0, i, 0].item<float>(), Value: input[0, i, 1].item<float>())).ToArray();
        Assert.Equal(5, pairs.DistinctBy(p => p.Bucket).Count());
        Assert.Equal([-2, 1.5f], pairs.Where(p => p.Bucket < 1 << 13).Select(p => p.Value).Order());
        Assert.Equal([1, 1, 1], pairs.Where(p => p.Bucket >= 1 << 13).Select(p => p.Value));
        Assert.Equal((pairs.Single(p => p.Value == 1.5f).Bucket, 1.5f), ((int)input[1, 0, 0].item<float>(), input[1, 0, 1].item<float>()));
        Assert.Equal([-1, -1, -1, -1], input[1].select(1, 0).data<float>().ToArray()[1..]);
    }

    [Fact]
    public void Buckets_are_stable_across_processes_and_releases()
    {
        using var rows = new RowBuffer();
        Assert.Null(new TabularTask(new TabularOptions()).Encode(Named(new Target.ClassIndex(0), new("amount", 1, null), new("country", 0, "far")), rows));
        Assert.Equal([6307, 9669], MemoryMarshal.Cast<byte, ulong>(rows.Payload(0)).ToArray().Select(f => (int)(f >> 32)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Rejects_a_named_number_that_is_not_finite_with_its_name(double value)
    {
        using var rows = new RowBuffer();
        var rejection = new TabularTask(new TabularOptions()).Encode(Named(new Target.ClassIndex(0), new("b", 1, null), new("amount", value, null)), rows);
        Assert.Equal("not-finite", rejection?.Reason);
        Assert.Contains("'amount'", rejection?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_beyond_float32_is_clamped()
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions());
        Assert.Null(task.Encode(Named(new Target.ClassIndex(0), new Feature("a", -1e300, null)), rows));
        Assert.Equal(float.MinValue, task.Collate(rows, [0])[0, 0, 1].item<float>());
    }

    [Fact]
    public void A_rejection_names_the_expected_input()
    {
        using var rows = new RowBuffer();
        var dense = Row(new Target.ClassIndex(0), 1, 2);
        Assert.Contains("task.tabular.features", new TabularTask(new TabularOptions()).Encode(dense, rows)?.Detail, StringComparison.Ordinal);
        var named = Named(new Target.ClassIndex(0), new Feature("a", 1, null));
        Assert.Contains("task.tabular.features", new TabularTask(new TabularOptions { Features = 2 }).Encode(named, rows)?.Detail, StringComparison.Ordinal);
        Assert.Equal("no-features", new TabularTask(new TabularOptions()).Encode(Named(new Target.ClassIndex(0)), rows)?.Reason);
    }

    [Fact]
    public void Encoding_named_features_allocates_nothing()
    {
        var task = new TabularTask(new TabularOptions());
        using var rows = new RowBuffer(64, 1 << 14);
        var example = Named(new Target.ClassIndex(0), new("b", 1, null), new("amount", 3, null), new("country", 0, "far"));
        Assert.Null(task.Encode(example, rows));
        rows.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            task.Encode(example, rows);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Rejects_a_row_written_with_other_buckets()
    {
        using var rows = new RowBuffer();
        Assert.Null(new TabularTask(new TabularOptions { Buckets = 1 << 20 }).Encode(Named(new Target.ClassIndex(0), new Feature("a", 0, "x")), rows));
        Assert.Throws<InvalidDataException>(() => new TabularTask(new TabularOptions { Buckets = 256 }).Collate(rows, [0]));
        rows.Add(new byte[3], 0, 1);
        Assert.Throws<InvalidDataException>(() => new TabularTask(new TabularOptions()).Collate(rows, [1]));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(1000, false)]
    [InlineData(1 << 21, false)]
    public void Buckets_must_be_a_power_of_two(int buckets, bool valid)
    {
        var options = new TabularOptions { Buckets = buckets };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Fact]
    public void Rejects_a_row_of_another_size()
    {
        using var rows = new RowBuffer();
        rows.Add(new byte[8], 0, 1);
        Assert.Throws<InvalidDataException>(() => new TabularTask(new TabularOptions { Features = 3 }).Collate(rows, [0]));
    }

    [Theory]
    [InlineData(new[] { 64, 64 }, true)]
    [InlineData(new int[0], true)]
    [InlineData(new[] { 64, 0 }, false)]
    [InlineData(new[] { 100_000 }, false)]
    public void Widths_of_layers_are_checked(int[] hidden, bool valid)
    {
        var options = new TabularOptions { Hidden = hidden };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    internal static Example Named(Target target, params Feature[] features) => new("row", target, new ExampleInput.Features(features));

    internal static Example Row(Target target, params ReadOnlySpan<float> values) =>
        new("row", target, new ExampleInput.Dense(ElementType.Float32, [values.Length], MemoryMarshal.AsBytes(values).ToArray()));
}

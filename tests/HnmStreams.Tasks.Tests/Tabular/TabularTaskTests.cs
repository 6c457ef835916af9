using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Tests.Conformance;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Tabular;

public sealed class TabularConformance : LabelledTaskConformance
{
    // No class is named, so every other one is the rest.
    protected override IReadOnlyList<string> OwnTargets => ["label", "index"];

    protected override IMiningTask Create() => new TabularTask(new TabularOptions { Features = 5, Hidden = [16] });

    protected override Example Good(int index) => TabularTaskTests.Row(
        new Target.ClassIndex(index % 3), index % 3 == 1 ? 2 : -1, index % 7 / 7f, index % 5 / 5f, (index * 31 % 17 / 17f) - 0.5f, index % 3);
}

public sealed class TabularTaskTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_refused(float value)
    {
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions { Features = 3 });
        Assert.Equal("not-finite", task.Encode(Row(new Target.ClassIndex(0), 1, value, 2), rows)?.Reason);
    }

    [Fact]
    public void Numbers_reach_the_network_as_they_are()
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions { Features = 3 });
        Assert.Null(task.Encode(Row(new Target.ClassIndex(0), 1, -2.5f, 1e30f), rows));
        Assert.Equal([1, -2.5f, 1e30f], task.Collate(rows, [0]).data<float>().ToArray());
    }

    [Fact]
    public void A_row_of_another_size_is_refused()
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

    internal static Example Row(Target target, params ReadOnlySpan<float> values) =>
        new("row", target, new ExampleInput.Dense(ElementType.Float32, [values.Length], MemoryMarshal.AsBytes(values).ToArray()));
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Tests.Memory;

public sealed class HeldOutStoreTests
{
    [Fact]
    public void Keeps_the_newest_examples_and_weights_them_by_the_rates_of_the_stream()
    {
        var store = new HeldOutStore(capacity: 40, hasPositives: true);
        for (var i = 0; i < 1_000; i++)
            Add(store, $"e-{i}", i % 10 == 0 ? 1 : 0, (byte)(i % 251));
        using var rows = new RowBuffer();
        store.CopyTo(rows, weighted: false);
        Assert.Equal(40, store.Count);
        Assert.Equal(10, rows.Labels.ToArray().Count(l => l == 1));
        // The stream had 100 positives and 900 negatives.
        Assert.Equal(100, Weight(rows, 1), 3);
        Assert.Equal(900, Weight(rows, 0), 3);
        var positives = Enumerable.Range(0, rows.Count).Where(r => rows.Labels[r] == 1).Select(r => (int)rows.Payload(r)[0]);
        Assert.Equal(Enumerable.Range(90, 10).Select(i => i * 10 % 251).Order(), positives.Order());
    }

    [Fact]
    public void An_id_that_arrives_again_is_kept_once_and_can_be_removed()
    {
        var store = new HeldOutStore(capacity: 8, hasPositives: true);
        for (var i = 0; i < 500; i++)
            Add(store, $"e-{i % 3}", 0, (byte)(i % 251));
        Assert.Equal(3, store.Count);
        store.Remove(ExampleKey.Of("e-1"));
        using var rows = new RowBuffer();
        store.CopyTo(rows, weighted: false);
        Assert.Equal([497 % 251, 498 % 251], Enumerable.Range(0, rows.Count).Select(r => (int)rows.Payload(r)[0]).Order());
    }

    [Theory]
    [InlineData(false, 2f)]
    [InlineData(true, 4f)]
    public void Uses_the_weights_of_the_examples_only_if_requested(bool weighted, float expected)
    {
        var store = new HeldOutStore(capacity: 8, hasPositives: true);
        Add(store, "a", 0, 1, weight: 3);
        Add(store, "b", 0, 2);
        using var rows = new RowBuffer();
        store.CopyTo(rows, weighted);
        Assert.Equal(expected, Weight(rows, 0));
    }

    private static void Add(HeldOutStore store, string id, int label, byte content, float weight = 1)
    {
        using var rows = new RowBuffer();
        rows.Add([content], label, weight);
        store.Add(rows, 0, new RowSource(ExampleKey.Of(id), id, default, default, default), label == 1 ? ExampleRole.Positive : ExampleRole.Negative);
    }

    private static float Weight(RowBuffer rows, int label)
    {
        float sum = 0;
        for (var row = 0; row < rows.Count; row++)
            sum += rows.Labels[row] == label ? rows.Weights[row] : 0;
        return sum;
    }
}

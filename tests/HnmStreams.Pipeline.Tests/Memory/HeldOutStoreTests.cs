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

    [Fact]
    public void Rows_are_new_since_a_moment_if_their_ids_arrived_first_after_it()
    {
        var store = new HeldOutStore(capacity: 40, hasPositives: true);
        Add(store, "a", 0, 1);
        Add(store, "p", 1, 2);
        var moment = store.Arrivals;
        Assert.Equal((1L, 1L), moment);
        Add(store, "a", 0, 1);
        Add(store, "b", 0, 3);
        Add(store, "q", 1, 4);
        using var rows = new RowBuffer();
        var areNew = store.CopySince(moment, maxOld: 10, rows, weighted: false);
        Assert.Equal([3, 4], Enumerable.Range(0, rows.Count).Where(r => areNew[r]).Select(r => (int)rows.Payload(r)[0]).Order());
        Assert.Equal([1, 2], Enumerable.Range(0, rows.Count).Where(r => !areNew[r]).Select(r => (int)rows.Payload(r)[0]).Order());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    [InlineData(1_000)]
    public void A_sample_of_the_other_rows_stands_for_all_of_them(int maxOld)
    {
        var store = new HeldOutStore(capacity: 400, hasPositives: true);
        for (var i = 0; i < 250; i++)
            Add(store, $"e-{i}", i % 5 == 0 ? 1 : 0, (byte)i);
        var moment = store.Arrivals;
        Add(store, "new", 0, 255);
        using var rows = new RowBuffer();
        var areNew = store.CopySince(moment, maxOld, rows, weighted: false);
        Assert.Equal(1, areNew.Count(isNew => isNew));
        Assert.Equal((Math.Min(maxOld, 50), Math.Min(maxOld, 200)), (Old(1), Old(0)));
        if (maxOld > 0)
        {
            Assert.Equal(50, Weight(rows, 1), 3);
            Assert.Equal(201, Weight(rows, 0), 3);
        }

        int Old(int label) => Enumerable.Range(0, rows.Count).Count(r => !areNew[r] && rows.Labels[r] == label);
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

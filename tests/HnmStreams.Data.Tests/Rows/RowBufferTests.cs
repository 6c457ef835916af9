using CsCheck;
using HnmStreams.Data.Rows;

namespace HnmStreams.Data.Tests.Rows;

public sealed class RowBufferTests
{
    private enum Operation
    {
        Add,
        WriteThenCommit,
        WriteThenDiscard,
        Clear,
    }

    [Fact]
    public void Behaves_like_a_list_of_arrays() =>
        Gen.Select(Gen.Frequency((10, Gen.Const(Operation.Add)), (10, Gen.Const(Operation.WriteThenCommit)), (4, Gen.Const(Operation.WriteThenDiscard)), (1, Gen.Const(Operation.Clear))),
            Gen.Byte.Array[0, 200], Gen.Int, Gen.Float[0.1f, 5f]).List[0, 120].Sample(static operations =>
        {
            using var rows = new RowBuffer(0, 0);
            var model = new List<(byte[] Payload, int Label, float Weight)>();
            foreach (var (operation, payload, label, weight) in operations)
            {
                Do(rows, operation, payload, label, weight);
                if (operation is Operation.Clear)
                    model.Clear();
                else if (operation is not Operation.WriteThenDiscard)
                    model.Add((payload, label, weight));
            }

            Assert.Equal(model.Count, rows.Count);
            Assert.Equal(model.Sum(static m => m.Payload.Length), rows.Bytes);
            Assert.Equal(model.Select(static m => m.Label), rows.Labels.ToArray());
            Assert.Equal(model.Select(static m => m.Weight), rows.Weights.ToArray());
            for (var i = 0; i < model.Count; i++)
                Assert.Equal(model[i].Payload, rows.Payload(i).ToArray());
        });

    [Fact]
    public void SetWeight_changes_only_the_weight_of_its_row()
    {
        using var rows = new RowBuffer();
        for (var i = 0; i < 3; i++)
            rows.Add([(byte)i], i, 1);
        rows.SetWeight(1, 0.25f);
        Assert.Equal([1f, 0.25f, 1f], rows.Weights.ToArray());
        Assert.Equal([0, 1, 2], rows.Labels.ToArray());
        Assert.Equal([1], rows.Payload(1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.SetWeight(3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.SetWeight(-1, 1));
    }

    [Fact]
    public void Rejects_a_row_out_of_range_and_an_advance_beyond_the_buffer()
    {
        using var rows = new RowBuffer();
        rows.Add([1], 0, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Payload(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Payload(-1).Length);
        var available = rows.GetSpan(8).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Advance(available + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Advance(-1));
    }

    [Fact]
    public void Is_empty_and_rejects_rows_after_disposal()
    {
        var rows = new RowBuffer();
        rows.Add([1, 2], 1, 1);
        rows.Dispose();
        rows.Dispose();
        Assert.Equal(0, rows.Count);
        Assert.Equal(0, rows.Bytes);
        Assert.Throws<ObjectDisposedException>(() => rows.Add([1], 0, 1));
        Assert.Throws<ObjectDisposedException>(() => rows.Commit(0, 1));
    }

    private static void Do(RowBuffer rows, Operation operation, byte[] payload, int label, float weight)
    {
        switch (operation)
        {
            case Operation.Add:
                rows.Add(payload, label, weight);
                break;
            case Operation.Clear:
                rows.Clear();
                break;
            default:
                var half = payload.Length / 2;
                payload.AsSpan(0, half).CopyTo(rows.GetSpan(half));
                rows.Advance(half);
                payload.AsSpan(half).CopyTo(rows.GetMemory(payload.Length - half).Span);
                rows.Advance(payload.Length - half);
                if (operation == Operation.WriteThenCommit)
                    rows.Commit(label, weight);
                else
                    rows.DiscardRow();
                break;
        }
    }
}

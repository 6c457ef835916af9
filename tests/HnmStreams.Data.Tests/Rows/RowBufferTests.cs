using CsCheck;
using HnmStreams.Data.Rows;

namespace HnmStreams.Data.Tests.Rows;

public sealed class RowBufferTests
{
    private enum Act
    {
        Add,
        WriteThenCommit,
        WriteThenAbandon,
        Clear,
    }

    [Fact]
    public void It_holds_what_a_list_of_arrays_would_hold() =>
        Gen.Select(Gen.Frequency((10, Gen.Const(Act.Add)), (10, Gen.Const(Act.WriteThenCommit)), (4, Gen.Const(Act.WriteThenAbandon)), (1, Gen.Const(Act.Clear))),
            Gen.Byte.Array[0, 200], Gen.Int, Gen.Float[0.1f, 5f]).List[0, 120].Sample(static acts =>
        {
            using var rows = new RowBuffer(0, 0);
            var model = new List<(byte[] Payload, int Label, float Weight)>();
            foreach (var (act, payload, label, weight) in acts)
            {
                Do(rows, act, payload, label, weight);
                if (act is Act.Clear)
                    model.Clear();
                else if (act is not Act.WriteThenAbandon)
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
    public void A_row_that_is_weighed_anew_keeps_all_else_and_its_neighbours_keep_all()
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
    public void A_row_outside_of_it_and_a_write_beyond_the_room_are_refused()
    {
        using var rows = new RowBuffer();
        rows.Add([1], 0, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Payload(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Payload(-1).Length);
        var room = rows.GetSpan(8).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Advance(-1));
    }

    [Fact]
    public void After_disposal_it_is_empty_and_takes_nothing()
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

    private static void Do(RowBuffer rows, Act act, byte[] payload, int label, float weight)
    {
        switch (act)
        {
            case Act.Add:
                rows.Add(payload, label, weight);
                break;
            case Act.Clear:
                rows.Clear();
                break;
            default:
                var half = payload.Length / 2;
                payload.AsSpan(0, half).CopyTo(rows.GetSpan(half));
                rows.Advance(half);
                payload.AsSpan(half).CopyTo(rows.GetMemory(payload.Length - half).Span);
                rows.Advance(payload.Length - half);
                if (act == Act.WriteThenCommit)
                    rows.Commit(label, weight);
                else
                    rows.DiscardRow();
                break;
        }
    }
}

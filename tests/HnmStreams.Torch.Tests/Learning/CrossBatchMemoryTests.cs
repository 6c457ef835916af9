using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

public sealed class CrossBatchMemoryTests
{
    [Fact]
    public void Holds_the_newest_rows_for_any_batch_sizes()
    {
        using var scope = NewDisposeScope();
        using var memory = new CrossBatchMemory(7, 2, CPU);
        Assert.Null(memory.View());
        var next = 0L;
        var all = new List<long>();
        foreach (var rows in (int[])[3, 3, 5, 1, 12, 2])
        {
            var numbers = arange(next, next + rows, float32);
            memory.Add(stack([numbers, -numbers], 1), arange(next, next + rows, int64));
            for (var i = 0; i < rows; i++)
                all.Add(next++);
            var view = memory.View()!;
            var kept = view.Groups.data<long>().ToArray();
            Assert.Equal(all.TakeLast(7), kept.Order());
            Assert.Equal(kept.SelectMany(g => (float[])[g, -g]), view.Embeddings.contiguous().data<float>().ToArray());
        }
    }

    [Fact]
    public void Holds_the_further_groups_of_rows_and_restores_them()
    {
        using var scope = NewDisposeScope();
        using var memory = new CrossBatchMemory(4, 1, CPU);
        memory.Add(zeros(2, 1), tensor(new long[] { 1, 2 }));
        memory.Add(zeros(1, 1), tensor(new long[] { 3, 4, 5 }).view(1, 3));
        memory.Add(zeros(1, 1), tensor(new long[] { 6, 7 }).view(1, 2));
        long[] expected = [1, -1, -1, 2, -1, -1, 3, 4, 5, 6, 7, -1];
        Assert.Equal(expected, memory.View()!.Groups.contiguous().data<long>().ToArray());

        var saved = memory.State.ToDictionary(s => s.Name, s => s.Tensor.clone(), StringComparer.Ordinal);
        using var restored = new CrossBatchMemory(4, 1, CPU);
        Assert.True(restored.Fits(saved));
        restored.Load(saved);
        Assert.Equal(expected, restored.View()!.Groups.contiguous().data<long>().ToArray());
        using var other = new CrossBatchMemory(5, 1, CPU);
        Assert.False(other.Fits(saved));
    }

    [Fact]
    public void A_restored_learner_continues_from_its_memory_with_the_same_bits()
    {
        var task = new PairsTask(rows: 12);
        using var uninterrupted = new Learner(task, new TrainingOptions { LearningRate = 1e-2 }, CPU, 1, 1);
        using var rows = PairsTask.Rows(0);
        using var more = PairsTask.Rows(1);
        for (var i = 0; i < 4; i++)
            uninterrupted.Step(i % 2 == 0 ? rows : more);
        using var saved = uninterrupted.Capture();
        Assert.Equal([12, 3], saved.Tensors["memory/embeddings"].shape);

        using var resumed = new Learner(task, new TrainingOptions { LearningRate = 1e-2 }, CPU, 9, 1);
        resumed.Restore(saved);
        for (var i = 0; i < 3; i++)
        {
            var (a, b) = (uninterrupted.Step(rows), resumed.Step(rows));
            Assert.Equal(a.Losses, b.Losses);
            Assert.Equal(a.Embeddings, b.Embeddings);
        }
    }

    [Fact]
    public void The_loss_uses_embeddings_of_earlier_batches_and_a_step_returns_its_embeddings()
    {
        var task = new PairsTask(rows: 64);
        using var learner = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var withoutMemory = new Learner(new PairsTask(rows: 0), new TrainingOptions(), CPU, 1, 1);
        using var rows = PairsTask.Rows(0);
        var (first, firstWithoutMemory) = (learner.Step(rows), withoutMemory.Step(rows));
        Assert.Equal(first.Losses, firstWithoutMemory.Losses);
        Assert.Equal(rows.Count * task.OutputWidth, first.Embeddings.Length);
        Assert.NotEqual(learner.Step(rows).Losses, withoutMemory.Step(rows).Losses);
    }

    [Fact]
    public void A_memory_of_another_size_starts_empty()
    {
        using var small = new Learner(new PairsTask(rows: 4), new TrainingOptions(), CPU, 1, 1);
        using var large = new Learner(new PairsTask(rows: 8), new TrainingOptions(), CPU, 1, 1);
        using var rows = PairsTask.Rows(0);
        small.Step(rows);
        using var saved = small.Capture();
        large.Restore(saved);
        using var after = large.Capture();
        Assert.Equal(0, after.Tensors["memory/place"][1].item<long>());
    }
}

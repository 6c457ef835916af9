using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Tasks.Tests.Embeddings;

public sealed class EmbeddingOutcomesTests
{
    [Fact]
    public void Evaluated_rows_are_searched_among_each_other()
    {
        var outcomes = new EmbeddingOutcomes(10, 2);
        Add(outcomes, 1, (1, [1f, 0f]), (1, [0.8f, 0.6f]), (2, [0.6f, 0.8f]), (2, [0f, 1f]));
        var metrics = outcomes.Compute();
        // 0.8,0.6 is nearest to 0.6,0.8 and vice versa: two of four find their own group first.
        Assert.Equal(0.5, metrics["precisionAt1"], 1e-9);
        Assert.Equal(0.5, metrics["mapAtR"], 1e-9);
        // The first row of each group is known; the others are compared with it.
        Assert.Equal(0.5, metrics["oneShotRecall"], 1e-9);
        // Pairs of one group have the similarities 0.8 and 0.8, pairs of two groups 0.96, 0.6, 0.6 and 0: none may be
        // accepted at 1 in 100.
        Assert.Equal(0, metrics["trueAcceptRateAt1Percent"], 1e-9);
    }

    [Fact]
    public void Rows_of_weight_0_form_the_gallery()
    {
        var outcomes = new EmbeddingOutcomes(10, 2);
        Add(outcomes, 0, (1, [0.8f, 0.6f]), (2, [0f, 1f]), (2, [0.6f, 0.8f]));
        Add(outcomes, 2, (1, [1f, 0f]), (2, [0.7f, 0.71f]));
        Assert.Equal(2, outcomes.Count);
        var metrics = outcomes.Compute();
        // The second row has two relevant rows, at rank 1 and rank 3: the nearest is 0.6,0.8 (.99), then 0.8,0.6 (.986), then
        // 0,1.
        Assert.Equal(1, metrics["precisionAt1"], 1e-9);
        Assert.Equal((1 + 0.5) / 2, metrics["rPrecision"], 1e-9);
    }

    [Fact]
    public void Skips_values_that_are_not_finite_and_drops_the_oldest()
    {
        var outcomes = new EmbeddingOutcomes(2, 2);
        Add(outcomes, 1, (1, [float.NaN, 0f]), (1, [1f, 0f]), (2, [0f, 1f]), (2, [0f, 1f]));
        Assert.Equal(2, outcomes.Count);
        Assert.Equal(1, outcomes.Compute()["mapAtR"], 1e-9);
        Assert.False(outcomes.BeatsChance());
    }

    [Fact]
    public void A_document_with_two_queries_is_relevant_to_both()
    {
        var outcomes = new EmbeddingOutcomes(10, 2);
        using var rows = new RowBuffer();
        (int Group, int[] Further, float[] Embedding)[] added = [(1, [], [1f, 0f]), (2, [], [0f, 1f]), (1, [2], [0.7f, 0.7f])];
        foreach (var (group, further, embedding) in added)
        {
            GroupedRow.Complete(further, rows);
            rows.Commit(group, 1);
            outcomes.Add(embedding, rows, rows.Count - 1);
        }

        Assert.Equal(1, outcomes.Compute()["precisionAt1"]);
        Assert.Equal(1, outcomes.Compute()["mapAtR"]);
        var writer = new StateWriter();
        outcomes.Save(writer);
        var restored = new EmbeddingOutcomes(10, 2);
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(outcomes.Compute(), restored.Compute());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Refuses_saved_embeddings_that_are_not_finite(float number)
    {
        var outcomes = new EmbeddingOutcomes(10, 2);
        Add(outcomes, 1, (1, [1, 0]));
        var writer = new StateWriter();
        outcomes.Save(writer);
        var saved = writer.Written.ToArray();
        BitConverter.TryWriteBytes(saved.AsSpan(saved.Length - sizeof(float)), number);
        Assert.Throws<InvalidDataException>(() => new EmbeddingOutcomes(10, 2).Restore(new StateReader(saved)));
    }

    private static void Add(EmbeddingOutcomes outcomes, float weight, params (int Group, float[] Embedding)[] added)
    {
        using var rows = new RowBuffer();
        foreach (var (group, embedding) in added)
        {
            GroupedRow.Complete([], rows);
            rows.Commit(group, weight);
            outcomes.Add(embedding, rows, rows.Count - 1);
        }
    }
}

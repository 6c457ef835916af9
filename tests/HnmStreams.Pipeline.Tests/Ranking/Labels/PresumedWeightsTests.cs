using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Memory.Waiting.Joining;
using HnmStreams.Pipeline.Ranking.Labels;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking.Labels;

/// <summary>Tests of the weights of presumed negatives.</summary>
public sealed class PresumedWeightsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_weight_is_the_probability_that_no_positive_label_will_come()
    {
        var weights = New();
        TakePositives(weights, early: 70, late: 30);
        foreach (var p in (float[])[0, 0.01f, 0.3f, 0.9f, 1])
            Assert.Equal(Simulated(p, inTime: 0.7), WeightOf(weights, p), 0.01f);
        Assert.Equal((100L, 0.7, 5L), (weights.Status!.Positives, weights.Status.InTime!.Value, weights.Status.Weighted));
        Assert.Equal(Enumerable.Average([1, WeightOf(New(weights), 0.01f), WeightOf(New(weights), 0.3f), WeightOf(New(weights), 0.9f), 0]), weights.Status.MeanWeight!.Value, 4);
    }

    [Fact]
    public void The_weight_of_an_example_and_of_its_record_are_multiplied()
    {
        var weights = New();
        TakePositives(weights, early: 50, late: 50);
        Assert.Equal(3 * WeightOf(weights, 0.5f), WeightOf(weights, 0.5f, weight: 3), 1e-5f);
    }

    [Fact]
    public void Without_a_known_probability_the_served_outputs_count_without_calibration()
    {
        var weights = New();
        TakePositives(weights, early: 50, late: 50);
        Assert.Equal(WeightOf(weights, 0.75f), WeightOf(weights, float.NaN, [MathF.Log(3)]), 1e-5f);
        Assert.Equal(1, WeightOf(weights, float.NaN));
    }

    [Fact]
    public void Presumed_negatives_have_their_own_weight_without_the_setting_and_before_there_is_enough_data()
    {
        var few = New();
        TakePositives(few, early: 0, late: PresumedWeights.MinPositives - 1);
        Assert.Equal(1, WeightOf(few, 0.9f));
        Assert.Null(few.Status!.InTime);
        TakePositives(few, early: 0, late: 1);
        Assert.Equal(0.1f, WeightOf(few, 0.9f), 1e-5f);

        var off = new PresumedWeights(Stream.Task, new WaitingOptions { Timeout = Timeout, WhenNoLabel = NoLabelPolicy.PresumeNegative });
        TakePositives(off, early: 0, late: 100);
        Assert.Equal(1, WeightOf(off, 0.9f));
        Assert.Null(off.Status);
        Assert.Equal(float.NaN, off.Probability([0.5f], null));
    }

    [Fact]
    public void The_state_restores_the_distribution_and_the_counters()
    {
        var weights = New();
        TakePositives(weights, early: 60, late: 40);
        WeightOf(weights, 0.4f);
        var restored = New(weights);
        Assert.Equal(weights.Status, restored.Status);
        Assert.Equal(WeightOf(weights, 0.4f), WeightOf(restored, 0.4f));
    }

    // The share of true negatives among a million inputs with this probability that have no label in time.
    private static float Simulated(float p, double inTime)
    {
        var random = new Xoshiro256StarStar(3);
        var (negatives, unlabeled) = (0, 0);
        for (var i = 0; i < 1_000_000; i++)
        {
            var isPositive = random.NextDouble() < p;
            if (isPositive && random.NextDouble() < inTime)
                continue;
            unlabeled++;
            negatives += isPositive ? 0 : 1;
        }

        return (float)negatives / unlabeled;
    }

    private static PresumedWeights New(PresumedWeights? from = null)
    {
        var weights = new PresumedWeights(Stream.Task, new WaitingOptions { Timeout = Timeout, WhenNoLabel = NoLabelPolicy.PresumeNegative, DelayCorrection = DelayCorrection.FeedbackShift });
        if (from is null)
            return weights;
        var writer = new StateWriter();
        from.Save(writer);
        weights.Restore(new StateReader(writer.Written));
        return weights;
    }

    private static void TakePositives(PresumedWeights weights, int early, int late)
    {
        using var results = new WaitingResults();
        for (var i = 0; i < early + late; i++)
        {
            var isLate = i >= early;
            Add(results, label: 1, 1, float.NaN, [], new WaitingResult(
                isLate ? WaitingResultKind.Corrected : WaitingResultKind.Joined, 0, default, -1, isLate ? 0 : -1, isLate, false, false, default, Start, Start + (isLate ? 2 * Timeout : Timeout / 2)));
        }

        // A negative and a second correction are no delays of positives.
        Add(results, label: 0, 1, float.NaN, [], new WaitingResult(WaitingResultKind.Joined, 0, default, -1, -1, false, false, false, default, Start, Start));
        Add(results, label: 1, 1, float.NaN, [], new WaitingResult(WaitingResultKind.Corrected, 0, default, -1, 0, false, false, false, default, Start, Start));
        weights.Apply(results);
    }

    private static float WeightOf(PresumedWeights weights, float probability, float[]? outputs = null, float weight = 1)
    {
        using var results = new WaitingResults();
        Add(results, label: 0, weight, probability, outputs ?? [], new WaitingResult(WaitingResultKind.Presumed, -1, default, -1, -1, false, false, false, default, Start, Start + Timeout) { IsPresumed = true });
        weights.Apply(results);
        return results.Rows.Weights[0];
    }

    private static void Add(WaitingResults results, int label, float weight, float probability, float[] outputs, in WaitingResult result) => results.Add(
        result,
        new StoredInput(new RowSource(ExampleKey.Of("a"), "a", default), weight, false, new ServedPrediction(1, probability), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(outputs), [1, 2, 3]),
        new LabelMark(label, 1, 0, 0));
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Serial;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Memory.Waiting;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Offline.Tests.Serial;

/// <summary>Tests of a stream in which only positives get labels, 30 % of them after the timeout.</summary>
public sealed class DelayCorrectionTests(ITestOutputHelper output)
{
    private const int Inputs = 30_000;
    private const int Timeout = 3_000;
    private const double LateShare = 0.3;

    /// <summary>Late positives are learned as negatives at first, so that the model underestimates positives. Their order is hardly affected.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Weights_by_the_delay_reduce_the_underestimation_of_positives(ulong seed)
    {
        var (none, shift) = (Run(seed, DelayCorrection.None), Run(seed, DelayCorrection.FeedbackShift));
        Assert.True(shift.Positives > none.Positives + 0.005, $"{shift.Positives} with weights, {none.Positives} without");
        Assert.InRange(shift.Negatives - none.Negatives, -0.005, 0.005);
        Assert.InRange(shift.AveragePrecision - none.AveragePrecision, -0.005, 0.005);
    }

    /// <returns>The mean predicted probability of the positives and of the negatives of a test set, and the average precision on it.</returns>
    private (double Positives, double Negatives, double AveragePrecision) Run(ulong seed, DelayCorrection correction)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = seed };
        options.Batching.Size = 100;
        options.Mix.BatchSize = 32;
        (options.Limiter.ExamplesPerStep, options.Limiter.MinExamples) = (50, 100);
        options.Training.LearningRate = 5e-3;
        options.Scoring.MaxScoreAge = 0;
        var labels = new LabelsOptions
        {
            Mode = LabelMode.Later,
            WhenNoLabel = NoLabelPolicy.PresumeNegative,
            // The time of the serial learner is the number of records in seconds.
            Timeout = TimeSpan.FromSeconds(Timeout),
            Corrections = TimeSpan.FromDays(365),
            DelayCorrection = correction,
        };
        using var learner = new SerialLearner(Stream.Task, options, TimeProvider.System, labels: labels);
        foreach (var batch in Delayed(seed).Chunk(options.Batching.Size))
            learner.Learn(batch);
        using var test = new RowBuffer();
        foreach (var example in Examples(seed + 100).Take(5_000))
            Assert.Null(Stream.Task.Encode(example, test));
        var outputs = learner.Outputs(test);
        double Mean(int label) => Enumerable.Range(0, test.Count).Where(row => test.Labels[row] == label).Average(row => 1 / (1 + Math.Exp(-outputs[row])));
        var result = (Mean(1), Mean(0), learner.MeasureNewest(test)["averagePrecision"]);
        output.WriteLine($"{correction}: positives {result.Item1:F4}, negatives {result.Item2:F4}, average precision {result.Item3:F4}; {learner.Ranking.PresumedWeights}");
        return result;
    }

    /// <summary>Returns the inputs, and the labels of the positives that have come by the end.</summary>
    private static IEnumerable<Example> Delayed(ulong seed)
    {
        var random = new Xoshiro256StarStar(seed).Fork(9);
        var due = new PriorityQueue<Example, double>();
        var number = 0;
        foreach (var example in Examples(seed).Take(Inputs))
        {
            while (due.TryPeek(out var label, out var at) && at <= number)
            {
                due.Dequeue();
                yield return label;
            }

            var delay = random.NextDouble() < LateShare ? Timeout * (1.2 + (2 * random.NextDouble())) : Timeout * 0.9 * random.NextDouble();
            if (example.Target is Target.ClassIndex { Index: 1 })
                due.Enqueue(example with { Input = ExampleInput.None.Instance }, number + delay);
            yield return example with { Target = Target.None.Instance };
            number++;
        }
    }

    /// <summary>Returns an endless stream in which the label depends on the sum of the features, and near the border on chance.</summary>
    private static IEnumerable<Example> Examples(ulong seed)
    {
        var random = new Xoshiro256StarStar(seed).Fork(4);
        for (var i = 0; ; i++)
        {
            float[] features = [.. Enumerable.Range(0, Stream.Features).Select(_ => (float)((2 * random.NextDouble()) - 1))];
            var probability = 1 / (1 + Math.Exp(-60 * (features.Sum() - 1.6)));
            yield return Stream.Of($"e{i}", random.NextDouble() < probability ? 1 : 0, features);
        }
    }
}

using HnmStreams.Benchmarks.Delayed;
using HnmStreams.Data.Examples;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Delayed;

public sealed class DelayedStreamTests
{
    private const int Count = 20_000;

    private static readonly List<Example> Examples =
        [.. Enumerable.Range(0, Count).Select(i => new Example($"e{i}", new Target.ClassIndex(i % 2), new ExampleInput.Text($"{i}")))];

    [Fact]
    public void Sends_each_input_in_order_and_each_label_once_after_it()
    {
        var sent = DelayedStream.Send(Examples, 1_000, seed: 3).ToList();
        Assert.Equal(2 * Count, sent.Count);
        Assert.Equal(Examples.Select(static e => e with { Target = Target.None.Instance }), sent.Where(static e => e.Target is Target.None));
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        var delays = new List<int>();
        foreach (var example in sent)
        {
            if (example.Target is Target.None)
            {
                inputs.Add(example.Id);
                continue;
            }

            Assert.Contains(example.Id, inputs);
            Assert.Equal(Examples[int.Parse(example.Id[1..], System.Globalization.CultureInfo.InvariantCulture)] with { Input = ExampleInput.None.Instance }, example);
            delays.Add(inputs.Count - int.Parse(example.Id[1..], System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(Count, delays.Count);
        // The labels of the last inputs come after the end, so that the observed delays are a little shorter.
        Assert.InRange(delays.Order().ElementAt(Count / 2), 850, 1_050);
        Assert.Equal(sent, DelayedStream.Send(Examples, 1_000, seed: 3));
        Assert.NotEqual(sent, DelayedStream.Send(Examples, 1_000, seed: 4));
    }

    [Fact]
    public void A_repeated_example_has_a_new_id_on_the_same_side_of_the_split()
    {
        static bool IsHeldOut(Example e) => ExampleKey.Of(e.Id).Value % 10 == 0;
        var distinct = DelayedStream.WithDistinctIds(Examples.Take(1_000).Concat(Examples.Take(1_000)), IsHeldOut).ToList();
        Assert.Equal(2_000, distinct.Select(static e => e.Id).ToHashSet(StringComparer.Ordinal).Count);
        Assert.Equal(Examples.Take(1_000), distinct.Take(1_000));
        Assert.All(distinct.Take(1_000).Zip(distinct.Skip(1_000)), static pair => Assert.Equal((IsHeldOut(pair.First), pair.First.Input), (IsHeldOut(pair.Second), pair.Second.Input)));
    }

    [Fact]
    public void The_report_compares_runs_that_learned_the_same_examples()
    {
        var inline = new DelayedRun(100, 10, 0.8, 0.8, 0.7, 0.7, 0.5, 0.4, 90, 2, 0, 1, 4);
        var later = inline with { HeldOut = 0.795, ScoredRows = 3, ScoringSeconds = 0.06, PredictingSeconds = 2 };
        var report = DelayedReport.Of("tabular", "data", "averagePrecision", 10_000, [inline, inline], [later, later]);
        Assert.Equal(0.03, report.MiningShare, 9);
        Assert.Equal(-0.005, report.Rows[0].Difference.Mean, 9);
        Assert.All(report.Goals, static goal => Assert.StartsWith("reached: ", goal, StringComparison.Ordinal));
        var worse = DelayedReport.Of("tabular", "data", "averagePrecision", 10_000, [inline], [later with { HeldOut = 0.7, ScoringSeconds = 1 }]);
        Assert.All(worse.Goals, static goal => Assert.StartsWith("missed: ", goal, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => DelayedReport.Of("tabular", "data", "averagePrecision", 10_000, [inline], [later with { Learned = 99 }]));
    }
}

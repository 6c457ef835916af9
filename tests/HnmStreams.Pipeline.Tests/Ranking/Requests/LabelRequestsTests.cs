using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Labeling;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Pipeline.Tests.Memory.Waiting;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking.Requests;

public sealed class LabelRequestsTests : IDisposable
{
    private readonly SetClock _clock = new();
    private readonly MemoryLabelRequests _sink = new();
    private readonly WaitingFixture _waiting = new(new WaitingOptions { Timeout = TimeSpan.FromHours(1) });
    private int _input;

    public void Dispose() => _waiting.Dispose();

    [Fact]
    public void The_examples_with_the_largest_doubt_are_requested_at_the_rate()
    {
        var requests = Create(new LabelRequestOptions { PerHour = 60, MaxOpen = 4 });
        Arrive(requests, 1, ("sure", 4f), ("a", 0.5f), ("b", -0.25f), ("c", 1f), ("d", -2f));
        requests.Issue(_waiting.Store);
        Assert.Empty(_sink.All);
        Pass(requests, TimeSpan.FromMinutes(1));
        Pass(requests, TimeSpan.FromMinutes(1));
        Assert.Equal(["b", "a"], _sink.All.Select(r => r.Id));
        var first = _sink.All.First();
        Assert.Equal(("not 1", LabelRequestReason.Uncertain, 1L, first.Uncertainty), (first.Predicted, first.Reason, first.ModelVersion, first.Score));
        Assert.Equal(1 / (1 + Math.Exp(0.25)), first.Probabilities[1], 1e-6);
        Assert.Equal("events", first.Origin.Topic);

        // The same example again is no second request, and no more than the maximum are open.
        Arrive(requests, 2, ("b", 0f), ("e", 0f));
        Pass(requests, TimeSpan.FromHours(1));
        Assert.Equal(["b", "a", "e", "c"], _sink.All.Select(r => r.Id));
        Assert.Equal((4, 4L), (requests.Status.Open, requests.Status.Requested));
    }

    [Fact]
    public void A_request_ends_with_the_label_or_with_the_waiting_of_its_example()
    {
        var requests = Create(new LabelRequestOptions { PerHour = 1_000 });
        Arrive(requests, 1, ("right", -0.1f), ("wrong", -0.2f), ("deleted", -0.3f), ("late", -0.4f), ("early", -0.5f));
        // Its label comes before it is requested.
        _waiting.AddLabel("early", 1, 1);
        Apply(requests, 1);
        Pass(requests, TimeSpan.FromHours(1));
        Assert.Equal(["right", "wrong", "deleted", "late"], _sink.All.Select(r => r.Id));

        _waiting.AddLabel("right", 0, 2);
        _waiting.AddLabel("wrong", 1, 2);
        _waiting.AddTombstone("deleted");
        Apply(requests, 2);
        Assert.Equal(["right", "wrong", "deleted"], _sink.Ended);
        Assert.Equal(new LabelRequestStatus(Open: 1, 0, Requested: 4, Answered: 2, Differing: 1, Expired: 1, 0), requests.Status);
        Assert.Equal(0.5, requests.Status.DifferingShare);

        Expire(requests, second: 7_200);
        Assert.Equal((0, 2L), (requests.Status.Open, requests.Status.Expired));
        // A later label of an example whose request has ended is no answer.
        _waiting.AddLabel("late", 1, 7_300);
        Apply(requests, 7_300);
        Assert.Equal(2, requests.Status.Answered);
    }

    [Fact]
    public void Labeled_and_held_out_examples_are_not_requested()
    {
        var requests = Create(new LabelRequestOptions { PerHour = 1_000 });
        Arrive(requests, 1, ("a", 0f));
        _waiting.AddLabel("a", 1, 1);
        Apply(requests, 1);
        // The input is sent again after its label.
        using (var batch = Batch(2, ("a", 0f)))
            requests.Offer(batch);
        using (var batch = Batch(2, ("held-out", 0f)))
        {
            batch.IsUnlabeledHeldOut[0] = true;
            requests.Offer(batch);
        }

        Pass(requests, TimeSpan.FromHours(1));
        Assert.Empty(_sink.All);
        Assert.Equal(0, requests.Status.Candidates);
    }

    [Fact]
    public void A_sure_prediction_is_requested_if_the_newest_version_disagrees()
    {
        foreach (var (strategy, expected) in new[] { (LabelStrategy.Disagreement, "disputed"), (LabelStrategy.Either, "disputed doubtful"), (LabelStrategy.Uncertainty, "doubtful disputed agreed") })
        {
            _sink.All.Clear();
            var requests = Create(new LabelRequestOptions { PerHour = 1_000, Strategy = strategy, ComparedShare = 1, MaxOpen = expected.Count(c => c == ' ') + 1 });
            requests.NewestVersion = 2;
            Arrive(requests, 1, ("agreed", 5f), ("disputed", -4f), ("doubtful", 1.5f));
            Assert.Equal(strategy != LabelStrategy.Uncertainty, requests.Comparison is not null);
            if (requests.Comparison is { } comparison)
            {
                Assert.Null(comparison.Next(minRows: 4));
                using var compared = comparison.Next(minRows: 1)!;
                Assert.Null(comparison.Next(minRows: 1));
                compared.Scores = new BatchScores(3, 1, version: 2);
                ((float[])[5f, 4f, 1.5f]).CopyTo(compared.Scores.Outputs);
                requests.TakeCompared(compared);
                Assert.Equal(3, requests.Status.Compared);
            }

            Pass(requests, TimeSpan.FromHours(1));
            Assert.Equal(expected, string.Join(' ', _sink.All.Select(r => r.Id)));
            if (strategy != LabelStrategy.Uncertainty)
                Assert.Equal((LabelRequestReason.Disagreement, "not 1"), (_sink.All.First().Reason, _sink.All.First().Predicted));
        }
    }

    [Fact]
    public void A_comparison_with_the_served_version_itself_or_that_failed_shows_nothing()
    {
        var requests = Create(new LabelRequestOptions { PerHour = 1_000, Strategy = LabelStrategy.Disagreement, ComparedShare = 1 });
        Arrive(requests, 1, ("served by the newest", 5f));
        Assert.Null(requests.Comparison!.Next(minRows: 1));
        requests.NewestVersion = 2;
        foreach (var scores in (BatchScores?[])[new BatchScores(1, 1, version: 1), null])
        {
            Arrive(requests, 1, ("a", 5f));
            using var compared = requests.Comparison.Next(minRows: 1)!;
            compared.Scores = scores;
            scores?.Outputs.Fill(-5f);
            requests.TakeCompared(compared);
        }

        Pass(requests, TimeSpan.FromHours(1));
        Assert.Empty(_sink.All);
    }

    [Fact]
    public void Restored_requests_are_the_saved_ones()
    {
        var requests = Create(new LabelRequestOptions { PerHour = 10, MaxOpen = 2 });
        Arrive(requests, 3, ("a", 0.5f), ("b", -0.25f), ("c", 1f), ("d", -2f));
        Pass(requests, TimeSpan.FromHours(1));
        var writer = new StateWriter();
        requests.Capture()(writer);
        var restored = Create(new LabelRequestOptions { PerHour = 10, MaxOpen = 3 });
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(requests.Status, restored.Status);
        Assert.Equal(requests.Open(10, _waiting.Store).Select(Text), restored.Open(10, _waiting.Store).Select(Text));
        Assert.NotEmpty(restored.Find("a", _waiting.Store)!.Payload.ToArray());
        Pass(restored, TimeSpan.Zero);
        Assert.Equal(["b", "a", "c"], _sink.All.Select(r => r.Id));

        // Any damage is an error of the data, or leaves valid requests.
        var bytes = writer.Written.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x5A;
            var error = Record.Exception(() => Create(new LabelRequestOptions()).Restore(new StateReader(damaged)));
            Assert.True(error is null or InvalidDataException, $"byte {i}: {error}");
        }

        static string Text(OpenLabelRequest open) => $"{open.Request with { Probabilities = [] }} {string.Join(' ', open.Request.Probabilities)} {open.Payload.Length}";
    }

    private LabelRequests Create(LabelRequestOptions options) => new(Stream.Task, options, _sink, _clock);

    private void Pass(LabelRequests requests, TimeSpan time)
    {
        _clock.Now += time;
        requests.Issue(_waiting.Store);
    }

    private void Arrive(LabelRequests requests, long version, params (string Id, float Output)[] inputs)
    {
        foreach (var (id, _) in inputs)
        {
            // Every third input of the fixture is held out.
            _input += (_input + 1) % 3 == 0 ? 2 : 1;
            _waiting.AddInput(id, _input);
        }

        Apply(requests, 0);
        using var batch = Batch(version, inputs);
        requests.Offer(batch);
    }

    private static ExampleBatch Batch(long version, params (string Id, float Output)[] inputs)
    {
        var batch = new ExampleBatch(0, 16) { Predictions = new BatchPredictions([.. inputs.Select(i => i.Output)], 1, version, null) };
        foreach (var (id, _) in inputs)
        {
            batch.UnlabeledRows().Add([1, 2, 3], 0, 1);
            batch.UnlabeledSources.Add(new RowSource(ExampleKey.Of(id), id, new Origin("events", 0, 0)));
            batch.IsUnlabeledHeldOut.Add(false);
        }

        return batch;
    }

    private void Apply(LabelRequests requests, long second)
    {
        using var results = new WaitingResults();
        _waiting.Store.Apply(_waiting.Batch, WaitingFixture.At(second), results);
        _waiting.Batch.Clear();
        Take(requests, results);
    }

    private void Expire(LabelRequests requests, long second)
    {
        using var results = new WaitingResults();
        _waiting.Store.Expire(WaitingFixture.At(second), 1_000, results);
        Take(requests, results);
    }

    private static void Take(LabelRequests requests, WaitingResults results)
    {
        foreach (var result in results.Items)
            requests.Take(result, result.Row < 0 ? -1 : results.Rows.Labels[result.Row]);
    }
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Evaluating;

/// <summary>The promotion gate with real weights that improve and then degrade.</summary>
public sealed class PromotionGateTests : IDisposable
{
    private readonly ModelRegistry _registry = new();
    private readonly RowBuffer _heldOut = Rows(600, seed: 2);
    private readonly ScoringReplica _replica = new(Stream.Task, CPU, 1);
    private readonly LogLines _logs = new();
    private readonly MiningBudget _budget = new(new PipelineOptions().ToBudgetSettings());
    private readonly OverfittingGuard _overfittingGuard;
    private readonly PromotionGate _gate;

    public PromotionGateTests()
    {
        _overfittingGuard = new OverfittingGuard(_budget, new OverfittingGuardOptions(), TimeProvider.System, _logs.CreateLogger("overfitting"));
        _gate = new PromotionGate(
            Stream.Task, _registry, _overfittingGuard, new PublishingOptions { PromoteEvery = TimeSpan.FromHours(1) }, TimeProvider.System, (snapshot, metrics) => new ModelCard(Stream.Task.Name, snapshot.Version, default, 1, 2, metrics, []));
    }

    public void Dispose()
    {
        _registry.Dispose();
        _logs.Dispose();
        _heldOut.Dispose();
        _replica.Dispose();
    }

    [Fact]
    public void Keeps_the_best_version_promoted_when_later_versions_degrade()
    {
        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, 3, 1);
        using (var first = learner.Publish())
            Consider(first);
        Learn(learner, Rows(64, seed: 5), 12);
        using (var trained = learner.Publish())
            Consider(trained);
        // Inverted labels make the model worse.
        Learn(learner, Rows(64, seed: 5, inverted: true), 300);
        using (var degraded = learner.Publish())
            Consider(degraded);

        var status = _registry.Status(gated: true, newest: 3);
        Assert.Equal([false, true, true], status.Decisions.Select(d => d.Promoted));
        Assert.Equal((2L, 2L), (status.Promoted!.Version, status.Best!.Value));
        Assert.True(status.Decisions[0].AgainstBest!.High < 0);
        Assert.Contains("worse by more than the noise", status.Decisions[0].Reason, StringComparison.Ordinal);
        var calibration = status.Promoted.Calibration!;
        Assert.Equal(600, calibration.Examples);
        Assert.InRange(calibration.ErrorAfter, 0, 0.1);
        using var promoted = _registry.AcquirePromoted();
        Assert.Equal(2, promoted!.Snapshot.Version);
        Assert.Equal((1, 0.25, 2), (_overfittingGuard.Last!.BackoffLevel, _budget.HardShare, _budget.MaxUses));
        Assert.Contains("overfits", Assert.Single(_logs.All), StringComparison.Ordinal);

        // The model recovers beyond its previous best, and mining returns to its configured share.
        Learn(learner, Rows(600, seed: 6), 600);
        using (var better = learner.Publish())
            Consider(better);
        Assert.Equal((4L, 4L), (_registry.Status(gated: true, newest: 4).Promoted!.Version, _registry.Status(gated: true, newest: 4).Best!.Value));
        Assert.Equal((0, 0.5, 4), (_overfittingGuard.Last!.BackoffLevel, _budget.HardShare, _budget.MaxUses));
    }

    [Theory]
    [InlineData("best", 1)]
    [InlineData("newest", 2)]
    public void Promotes_a_version_without_a_significant_difference_only_if_the_newest_is_preferred(string prefer, long promoted)
    {
        var options = new PublishingOptions { Prefer = prefer, PromoteEvery = TimeSpan.Zero };
        var gate = new PromotionGate(Stream.Task, _registry, _overfittingGuard, options, TimeProvider.System, (snapshot, metrics) => new ModelCard(Stream.Task.Name, snapshot.Version, default, 1, 2, metrics, []));
        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, 3, 1);
        Learn(learner, Rows(64, seed: 5), 12);
        using var best = learner.Publish();
        Learn(learner, Rows(64, seed: 5, inverted: true), 12);
        using var below = learner.Publish();
        foreach (var version in (ModelSnapshot[])[best, below])
            gate.Consider(version, _heldOut, Score(version), Score);
        var status = _registry.Status(gated: true, newest: 2);
        Assert.True(status.Decisions[0].AgainstBest is { Mean: < 0, High: > 0 }, $"{status.Decisions[0].AgainstBest}");
        Assert.Equal((promoted, 1), (status.Promoted!.Version, status.Best!.Value));
    }

    [Fact]
    public void Withdraws_a_promoted_version_once_the_decline_is_significant()
    {
        using var first = new Learner(Stream.Task, new TrainingOptions(), CPU, 3, 1).Publish();
        using var second = new Learner(Stream.Task, new TrainingOptions(), CPU, 4, 1).Publish();
        Record(first, PromotionVerdict.Best);
        Record(second, PromotionVerdict.WithinNoise);
        Assert.Equal(12, _registry.Status(gated: true, newest: 12).Promoted!.Steps);
        Record(second, PromotionVerdict.WorseThanBest);
        Assert.Equal(11, _registry.Status(gated: true, newest: 12).Promoted!.Steps);
    }

    private void Record(ModelSnapshot snapshot, PromotionVerdict verdict) => _registry.Record(
        new PromotionDecision(snapshot.Version, default, "m", 0.5, null, verdict != PromotionVerdict.WorseThanBest, ""),
        snapshot,
        new ModelCard("t", snapshot.Version, default, verdict == PromotionVerdict.Best ? 11 : 12, 0, new Dictionary<string, double>(StringComparer.Ordinal), []),
        verdict);

    // One held-out record in a hundred has the wrong label and a huge weight.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Huge_weights_promote_a_worse_version_only_if_the_evaluation_is_weighted(bool weighted, long promoted)
    {
        var store = new HeldOutStore(4_000, hasPositives: true);
        for (var row = 0; row < _heldOut.Count; row++)
        {
            using var one = new RowBuffer();
            var isForged = row % 100 == 0;
            one.Add(_heldOut.Payload(row), isForged ? 1 - _heldOut.Labels[row] : _heldOut.Labels[row], isForged ? 1e30f : 1);
            var id = $"h-{row}";
            store.Add(one, 0, new RowSource(ExampleKey.Of(id), id, default, default, default), Stream.Task.RoleOf(one.Labels[0]));
        }

        using var rows = new RowBuffer();
        store.CopyTo(rows, weighted);
        float[] ScoreRows(ModelSnapshot weights)
        {
            _replica.Adopt(weights);
            return RowOutputs.Of(Stream.Task, _replica, rows);
        }

        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, 3, 1);
        Learn(learner, Rows(600, seed: 5), 200);
        using var good = learner.Publish();
        Learn(learner, Rows(600, seed: 5, inverted: true), 600);
        using var worse = learner.Publish();
        var options = new PublishingOptions { Prefer = "newest", PromoteEvery = TimeSpan.Zero };
        var gate = new PromotionGate(Stream.Task, _registry, _overfittingGuard, options, TimeProvider.System, (snapshot, metrics) => new ModelCard(Stream.Task.Name, snapshot.Version, default, 1, 2, metrics, []));
        foreach (var version in (ModelSnapshot[])[good, worse])
            gate.Consider(version, rows, ScoreRows(version), ScoreRows);
        Assert.Equal(promoted, _registry.Status(gated: true, newest: 2).Promoted!.Version);
    }

    [Fact]
    public void Decides_at_most_once_per_interval_and_once_per_version()
    {
        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, 3, 1);
        using var first = learner.Publish();
        Assert.True(_gate.IsDue(1));
        Consider(first);
        Consider(first);
        Assert.Single(_registry.Status(gated: true, newest: 1).Decisions);
        Assert.False(_gate.IsDue(1));
        Assert.True(_gate.IsDue(2));
    }

    private static void Learn(Learner learner, RowBuffer rows, int steps)
    {
        using (rows)
        {
            for (var i = 0; i < steps; i++)
                learner.Step(rows);
        }
    }

    private static RowBuffer Rows(int count, ulong seed, bool inverted = false)
    {
        var rows = new RowBuffer();
        using var correct = new RowBuffer();
        foreach (var example in Stream.Examples(count, seed))
            Assert.Null(Stream.Task.Encode(example, correct));
        for (var row = 0; row < count; row++)
            rows.Add(correct.Payload(row), inverted ? 1 - correct.Labels[row] : correct.Labels[row], 1);
        return rows;
    }

    private void Consider(ModelSnapshot snapshot) => _gate.Consider(snapshot, _heldOut, Score(snapshot), Score);

    private float[] Score(ModelSnapshot weights)
    {
        _replica.Adopt(weights);
        var (outputs, hardness) = (new float[_heldOut.Count], new float[_heldOut.Count]);
        _replica.Score(_heldOut, [.. Enumerable.Range(0, _heldOut.Count)], outputs, hardness);
        return outputs;
    }
}

using HnmStreams.Evaluation.Drift;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Outcomes;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tests.Formatting;

public sealed class LabelsSentenceTests
{
    [Fact]
    public void Describes_presumptions_delays_and_changes()
    {
        var labels = new WaitingStatus(0, 0, 7, 0, 0, 0, 1_200, 0, 0, 200, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var metrics = new ServedMetrics(1_200, null, null, null, null, null, null);
        var quiet = new DriftStatus(0.1, 100, 0, DriftDirection.None, null);
        var risen = new DriftStatus(0.4, 100, 1, DriftDirection.Rise, new DateTimeOffset(2026, 11, 23, 10, 5, 0, TimeSpan.Zero));
        Assert.Equal(
            "1,204 predictions have their label. 7 still wait for it. Half of the labels come within 2 hours, nine of ten within 3.5 days. "
            + "The predictions have been worse since 2026-11-23 10:05 UTC. 200 had no label in time and were learned as not fraud; 2.0 % of these turned out fraud later.",
            LabelsSentence.Of(labels, new ServedStatus(metrics, [], [], TimeSpan.FromHours(2), TimeSpan.FromHours(84), risen, quiet), null, "fraud"));
        Assert.Contains("learned as negative; 2.0 % of these turned out positive later", LabelsSentence.Of(labels), StringComparison.Ordinal);
        Assert.DoesNotContain("since", LabelsSentence.Of(labels, new ServedStatus(metrics, [], [], null, null, quiet, quiet)), StringComparison.Ordinal);
        Assert.EndsWith(
            " turned out positive later. 70 % of the positive labels came in time; therefore an example that is presumed negative counts 0.93 instead of 1 on average.",
            LabelsSentence.Of(labels, null, new PresumedWeightStatus(100, 0.7, 200, 0.934)),
            StringComparison.Ordinal);
        Assert.DoesNotContain("positive labels", LabelsSentence.Of(labels, null, new PresumedWeightStatus(3, null, 0, null)), StringComparison.Ordinal);
    }
}

using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Drift;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Outcomes;
using HnmStreams.Pipeline.Ranking.Requests;

namespace HnmStreams.Testing.Learner;

/// <summary>Fixed states of a run whose labels come later, with two open requests: an uncertain one named a/b, and a disputed one named b.</summary>
internal static class LabelRequestStates
{
    public static IReadOnlyList<OpenLabelRequest> Open { get; } = [Of("a/b", LabelRequestReason.Uncertain, 0.9, [1, 2, 3]), Of("b", LabelRequestReason.Disagreement, 0.4, [])];

    public static ServedMetrics Metrics { get; } = new(900, 0.02, 0.1, 0.01, 0.97, 0.81, 0.015);

    public static PipelineStatus Status { get; } = RunStates.Status with
    {
        Ranking = RunStates.Status.Ranking with
        {
            Labels = new WaitingStatus(2_000, 400_000, 1_100, 0, 900, 0, 900, 12, 0, 200, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            Served = new ServedStatus(
                Metrics,
                [new ServedVersion(7, Metrics)],
                [new ServedDelay(TimeSpan.FromHours(1), TimeSpan.FromHours(6), Metrics), new ServedDelay(TimeSpan.FromDays(30), null, Metrics)],
                TimeSpan.FromHours(3),
                TimeSpan.FromDays(2),
                new DriftStatus(0.1, 900, 0, DriftDirection.None, null),
                new DriftStatus(0.1, 900, 0, DriftDirection.None, null)),
            Requests = new LabelRequestStatus(2, 40, 12, 8, 2, 2, 0),
        },
    };

    private static OpenLabelRequest Of(string id, LabelRequestReason reason, double score, byte[] payload) => new(
        new LabelRequest(id, new Origin("t", 1, 5), reason, score, 0.9, 0.4, 7, "not cat", [0.6f, 0.4f], DateTimeOffset.UnixEpoch, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
        payload);
}

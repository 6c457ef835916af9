using HnmStreams.Configuration;
using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Tasks;
using HnmStreams.Web.Api;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Testing.Learner;

/// <summary>Fixed states of a run for tests of the API, the page and the terminal.</summary>
internal static class RunStates
{
    public static EvaluationReport Evaluation { get; } = new(
        new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.75, ["rocAuc"] = double.NaN },
        new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.5 },
        null,
        7,
        100);

    public static PipelineStatus Status { get; } = new(
        new RankingStatus(
            new StreamCounters(Consumed: 1_000, Scored: 950, HeldOut: 50, DeadLettered: 3, FailedBatches: 0, Tombstones: 0, Duplicates: 4),
            new PoolStatus(Count: 12, Bytes: 9_408, Threshold: null, Hardest: 0.9f, Quarantined: 2, MaxCount: 4_000),
            PositivesKept: 10,
            NegativesKept: 500,
            SkippedSteps: 1,
            MiningAllowed: true,
            LastMix: null,
            PinnedBytes: 4_096,
            [new StreamPosition("t", 0, 600), new StreamPosition("t", 1, 403)]),
        new TrainerStatus(Steps: 2, RefusedSteps: 0, TrainedRows: 64, ModelVersion: 7, Loss: null, Seconds: 0.25),
        new ScoringStatus(0.5),
        Evaluation,
        new CheckpointStatus("2.5", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), 900, 12_345, 0.25, 3, 1, null));

    /// <summary>Returns the status with other counts.</summary>
    public static PipelineStatus StatusWith(StreamCounters stream) => Status with { Ranking = Status.Ranking with { Stream = stream } };

    /// <summary>A report in which the random learner has no metric yet.</summary>
    public static BaselineReport Baselines { get; } = new(
        "averagePrecision",
        new LearnerPerformance(Evaluation.HeldOut, 2, 64, 0.5, 0.25),
        new LearnerPerformance(new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = double.NaN }, 2, 63, 0, 0.125),
        new LearnerPerformance(new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.5 }, 9, 288, 0, 0.625),
        new Uplift(0.25, 0.125, 0.375),
        null,
        7);

    public static BudgetDecision MiningBudget { get; } = new(
        0.25, 0.5, 2, ScoredShareIsFixed: false, HardShareIsFixed: true, "A fixed decision.", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public static ConsumerStatus Consumer { get; } = new(
        [new PartitionStatus(0, 600, 610, false), new PartitionStatus(1, 403, 403, true)], false, false, null, 1_003, 800_000, 3, 0, 0, 0, 1);

    public static RunDescription Description { get; } = new("images", "averagePrecision", "127.0.0.1:9092", true, "t", "synthetic stream, seed [1]");

    public static RunSnapshot Snapshot { get; } =
        new(RunPhase.Learning, Description, TimeSpan.FromSeconds(61), 12_345.6, Status, Consumer);

    /// <summary>Returns an open gate without a source.</summary>
    public static IIntakeGate Gate() => new SourcelessGate();

    public static LearnerView View(
        TimeProvider time, PipelineStatus? status = null, ConsumerStatus? consumer = null, Func<Task<CheckpointStatus>>? checkpoint = null, IIntakeGate? gate = null, ILearnerQuestions? questions = null, RecentDeadLetters? deadLetters = null, IRowPreviews? previews = null, Func<string?>? decodingWaitsFor = null, Func<string, string, CancellationToken, Task>? answer = null)
    {
        var view = new LearnerView(time);
        view.Attach(Description, new LearnerSources(
            () => status ?? Status,
            () => consumer ?? Consumer,
            questions ?? new CannedQuestions(),
            _ => checkpoint?.Invoke() ?? Task.FromResult(Status.Checkpoint),
            gate ?? Gate(),
            previews ?? new TextRows(),
            deadLetters ?? new RecentDeadLetters(new NullDeadLetterSink(), time))
        { DecodingWaitsFor = decodingWaitsFor ?? (static () => null), Answer = answer });
        return view;
    }

    /// <summary>Returns the queries of a run, with their own history and event log.</summary>
    public static RunQueries Queries(LearnerView view) =>
        new(view, new RunHistory(view, TimeProvider.System, NullLogger<RunHistory>.Instance), new EventLog(TimeProvider.System, NullLogger<EventLog>.Instance), new SystemState(Settings, new GpuMonitor(GpuMonitor.RunAsync, TimeProvider.System, NullLogger<GpuMonitor>.Instance)), Settings);

    private static EffectiveSettings Settings { get; } = new([new ShownSetting("pipeline.seed", "7", "command line"), new ShownSetting("run.for", null, SettingsLayers.Defaults)]);

    private sealed class SourcelessGate : IIntakeGate
    {
        public bool IsPaused { get; private set; }

        public void Pause() => IsPaused = true;

        public void Resume() => IsPaused = false;
    }

    public sealed class NullDeadLetterSink : IDeadLetterSink
    {
        public void Write(DeadLetter letter)
        {
        }

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class TextRows : IRowPreviews
    {
        public RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfText($"<b>{payload.Length} bytes & more</b>");

        public string LabelName(int label) => label == 1 ? "cat" : "not cat";
    }
}

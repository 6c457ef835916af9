using System.Diagnostics.Metrics;
using HnmStreams.Data.Examples;

namespace HnmStreams.Pipeline.Telemetry;

/// <summary>The metrics of the pipeline: one meter, UCUM units.</summary>
internal static class PipelineInstruments
{
    public const string Name = "HnmStreams.Pipeline";

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> DeadLettered =
        Meter.CreateCounter<long>("hnm.examples.dead_lettered", "{record}", "Records that could not be turned into an example, by reason.");

    public static readonly Counter<long> Examples =
        Meter.CreateCounter<long>("hnm.examples.consumed", "{example}", "Examples applied to the learner's state, by outcome.");

    public static readonly Histogram<double> CheckpointDuration =
        Meter.CreateHistogram<double>("hnm.checkpoint.duration", "s", "Time from the request of a checkpoint until it is on disk, by outcome.");

    public static readonly Histogram<double> CheckpointStall =
        Meter.CreateHistogram<double>("hnm.checkpoint.stall", "s", "Time that a checkpoint blocked the ranking stage or the trainer, by owner.");

    public static readonly Counter<long> BatchesHalved =
        Meter.CreateCounter<long>("hnm.batches.halved", "{batch}", "Batches halved because the device ran out of memory, by owner.");

    public static readonly Histogram<double> ScoringDuration =
        Meter.CreateHistogram<double>("hnm.score.duration", "s", "Compute time of one scored batch.");

    public static readonly Histogram<double> PredictionDuration =
        Meter.CreateHistogram<double>("hnm.predict.duration", "s", "Compute time of the predictions of one batch of unlabeled examples.");

    public static readonly Histogram<double> PredictionLatency =
        Meter.CreateHistogram<double>("hnm.predict.latency", "s", "Time from the read of an unlabeled example from Kafka until its prediction is passed to the producer.");

    public static readonly Histogram<double> TrainingDuration =
        Meter.CreateHistogram<double>("hnm.train.duration", "s", "Compute time of one training step.");

    public static readonly Counter<long> Steps =
        Meter.CreateCounter<long>("hnm.train.steps", "{step}", "Training steps, by outcome (applied, refused).");

    public static readonly Counter<long> Drawn =
        Meter.CreateCounter<long>("hnm.train.examples", "{example}", "Rows drawn for training steps, by origin.");

    public static readonly Counter<long> Shortfalls =
        Meter.CreateCounter<long>("hnm.mix.shortfalls", "{batch}", "Training batches that could not be composed as configured.");

    public static readonly Counter<long> Checked =
        Meter.CreateCounter<long>("hnm.teacher.checked", "{candidate}", "Candidates whose label the teacher (task.teacher) has checked.");

    public static readonly Counter<long> HeldBack =
        Meter.CreateCounter<long>("hnm.teacher.held_back", "{candidate}", "Candidates that were quarantined because the teacher (task.teacher) gives them another label.");

    public static readonly Counter<long> Published =
        Meter.CreateCounter<long>("hnm.model.published", "{version}", "Model versions published to the scorers.");

    public static readonly Counter<long> ServedModels =
        Meter.CreateCounter<long>("hnm.serve.models", "{version}", "Saved versions that a serving process found, by outcome (loaded, refused).");

    public static readonly Counter<long> ServedRecords =
        Meter.CreateCounter<long>("hnm.serve.records", "{record}", "Records of a serving process, by outcome (predicted, labeled, label, tombstone, rejected, duplicate).");

    /// <summary>Creates a counter of the pipeline's meter.</summary>
    public static Counter<long> CreateCounter(string name, string unit, string description) => Meter.CreateCounter<long>(name, unit, description);

    /// <summary>Exports counters of rare events as 0. A series that starts with its first event would not show that event in its rate.</summary>
    public static void AppearAtZero()
    {
        foreach (var reason in RejectionReasons.All)
            DeadLettered.Add(0, new KeyValuePair<string, object?>("reason", reason));
        Shortfalls.Add(0);
        HeldBack.Add(0);
        foreach (var outcome in (ReadOnlySpan<string>)["applied", "refused"])
            Steps.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        foreach (var origin in (ReadOnlySpan<string>)["new", "positive", "hard", "mined", "random"])
            Drawn.Add(0, new KeyValuePair<string, object?>("origin", origin));
    }
}

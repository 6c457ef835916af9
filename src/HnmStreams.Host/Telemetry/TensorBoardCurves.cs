using System.Globalization;
using HnmStreams.Configuration.Sections;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Telemetry;

/// <summary>The curves of a run for TensorBoard (<c>telemetry.tensorBoardFolder</c>), one point per interval in which the learner has trained. A failure to write is logged and ends the curves, not the run.</summary>
internal sealed partial class TensorBoardCurves(LearnerView view, HnmOptions options, TimeProvider time, ILogger<TensorBoardCurves> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Returns the values of a moment by tag; empty before the learner has started.</summary>
    public static IEnumerable<(string Tag, double Value)> Of(RunSnapshot snapshot)
    {
        if (snapshot.Learner is not { } learner)
            return [];
        List<(string Tag, double Value)> values =
        [
            ("train/loss", learner.Training.Loss ?? double.NaN),
            ("train/modelVersion", learner.Training.ModelVersion),
            ("stream/examplesPerSecond", snapshot.ExamplesPerSecond),
            ("stream/consumed", learner.Ranking.Stream.Consumed),
            ("pool/candidates", learner.Ranking.Pool.Count),
            .. learner.Evaluation.HeldOut.Select(static metric => ($"heldOut/{metric.Key}", metric.Value)),
            .. learner.Evaluation.Prequential.Select(static metric => ($"prequential/{metric.Key}", metric.Value)),
        ];
        if (learner.Baselines is { } baselines)
        {
            values.AddRange(baselines.Mined.HeldOut.Select(static metric => ($"baselines/mined/{metric.Key}", metric.Value)));
            values.AddRange(baselines.Random.HeldOut.Select(static metric => ($"baselines/random/{metric.Key}", metric.Value)));
        }

        return values;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Telemetry.TensorBoardFolder is not { } folder)
            return;
        TensorBoardRun? run = null;
        var written = 0L;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var snapshot = view.Snapshot();
            if (snapshot.Learner?.Training.Steps is not { } steps || steps == written)
                continue;
            try
            {
                run ??= new TensorBoardRun(Path.Combine(folder, time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)));
                run.Write(steps, Of(snapshot));
                written = steps;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotWritten(folder, e.Message);
                return;
            }
        }
    }

    [LoggerMessage(EventId = 745, EventName = "TensorBoardNotWritten", Level = LogLevel.Warning, Message = "The curves for TensorBoard cannot be written to {Folder}: {Reason}. No more are written in this run.")]
    private partial void LogNotWritten(string folder, string reason);
}

using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Export;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Mlflow;

/// <summary>
/// The registration of the versions that a run serves (<c>models.mlflow</c>). It runs beside the learner: a server that is slow or fails delays
/// registrations, never the learner. A failure is repeated, with the version that is served by then.
/// </summary>
internal sealed partial class MlflowRegistration(LearnerView view, MlflowRegistry registry, HnmOptions options, TimeProvider time, ILogger<MlflowRegistration> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(10);

    private readonly MlflowRegistryOptions _options = options.Models.Mlflow;
    // A learner that continues from a checkpoint may give the number of a version to other weights.
    private (long Version, long Steps, long Consumed)? _registered;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Registers the served version if it is a new one and a registration is due.</summary>
    internal async Task RegisterIfDueAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() < _next || view.Snapshot().Description is not { } run || view.Sources?.Questions is not { } questions)
            return;
        try
        {
            if (questions.Models().Promoted is not { } served || KeyOf(served) == _registered || await RegisterAsync(questions, run.PrimaryMetric, cancellation) is not { } card)
                return;
            (_registered, _failures, _next) = (KeyOf(card), 0, time.GetUtcNow() + _options.Every);
        }
        catch (NotSupportedException e)
        {
            _next = DateTimeOffset.MaxValue;
            LogNotSupported(_options.Format, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // Whatever fails here, a disk or a learner that restarts, must not end the run.
            var delay = TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << Math.Min(_failures++, 20), MaxDelay.Ticks));
            _next = time.GetUtcNow() + delay;
            LogNotRegistered(registry.Name, registry.Address.Uri, e.Message, delay.TotalSeconds);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RegisterIfDueAsync(stoppingToken);
    }

    private async Task<ModelCard?> RegisterAsync(IModelQuestions questions, string primaryMetric, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("hnm-mlflow-").FullName;
        try
        {
            var file = Path.Combine(folder, $"model.{ModelExport.Extension(_options.Format)}");
            if (await questions.WritePromotedAsync(file, _options.Format, cancellation) is not { } card)
                return null;
            var (version, run) = await registry.PushAsync(new ExportedModel(card.Task, primaryMetric, card, file, _options.Format), time, cancellation);
            LogRegistered(card.Version, registry.Name, version, registry.Address.Uri, run);
            return card;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (long Version, long Steps, long Consumed) KeyOf(ModelCard card) => (card.Version, card.Steps, card.Consumed);

    [LoggerMessage(EventId = 746, EventName = "MlflowRegistered", Level = LogLevel.Information, Message = "Version {Version} is registered as {Name} version {RegistryVersion} at {Address} (run {Run}).")]
    private partial void LogRegistered(long version, string name, string registryVersion, Uri address, string run);

    [LoggerMessage(EventId = 747, EventName = "MlflowNotRegistered", Level = LogLevel.Warning, Message = "The served version cannot be registered as {Name} at {Address}: {Reason} The next attempt follows in {Seconds} s. Learning continues.")]
    private partial void LogNotRegistered(string name, Uri address, string reason, double seconds);

    [LoggerMessage(EventId = 748, EventName = "MlflowFormatNotSupported", Level = LogLevel.Error, Message = "No version is registered in MLflow, because models.mlflow.format is {Format}: {Reason}")]
    private partial void LogNotSupported(string format, string reason);
}

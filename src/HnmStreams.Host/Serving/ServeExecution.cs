using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Hosting;
using HnmStreams.Host.Learner;
using HnmStreams.Host.Terminal;
using HnmStreams.Kafka.Clients;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Torch.Native;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Serving;

/// <summary>One execution of <c>hnm serve</c>, from valid settings to the exit code.</summary>
internal sealed class ServeExecution(CommandContext context, HnmOptions options)
{
    private readonly ServingView _view = new(context.Time);
    private readonly RunDeadline _deadline = new(options.Run.For, context.Time);

    public async Task<int> ExecuteAsync()
    {
        TorchLibrary.EnsureLoaded();
        DeviceSetting.Check(options);
        var task = ConfiguredTask.Create(options.Task);
        var folder = ServeSettings.Folder(options, context.WorkingFolder);
        var kafka = ServeSettings.Stream(options, task);

        await using var host = await ServeHost.StartAsync(options, _view, task.OutputName, context.Environment, context.Time);
        context.Out.WriteLine($"http    {host.Address?.ToString() ?? "off"}");
        context.Out.WriteLine($"stream  {(kafka is null ? "off (kafka.bootstrapServers is not set)" : $"{kafka.Topic} at {kafka.BootstrapServers}, in the group {kafka.GroupId}, to {kafka.PredictionsTopic}")}");
        using var models = new ServedFolder(task, folder, context.Time, host.Logs.CreateLogger<ServedFolder>());
        models.Refresh();
        if (models.Status is { Model: null, Refused: [var refused, ..] })
            throw new SettingsException($"'models.folder' is '{folder}', but '{refused.Path}' cannot be served: {refused.Reason} Give the settings of the run that saved it (--config, task.*), or another folder (--models DIR).");

        await using var pipeline = new ServingPipeline(host.Actors, options.Pipeline, task, models, context.Time, host.Logs.CreateLogger<ServingPipeline>());
        _view.Attach(pipeline);
        HangExit.Watch(pipeline.Hung, () => _view.Enter(ServingPhase.Failed), context.Error, context.Time);
        using var stop = _deadline.Link(context.Signals.Stop);
        using var ended = new CancellationTokenSource();
        var watching = models.WatchAsync(options.Serve.ReloadEvery, ended.Token);
        var display = StatusLines.WriteAsync(options.Run, context.Out, () => ServingLine.Of(_view), context.Time, ended.Token);
        var result = await ServeAsync(host, pipeline, models, kafka, stop.Token);
        _view.Enter(result.Outcome == RunOutcome.Failed ? ServingPhase.Failed : ServingPhase.Stopped);
        await ended.CancelAsync();
        await watching;
        await display;
        Report(result);
        return result.ExitCode;
    }

    private async Task<RunResult> ServeAsync(ServeHost host, ServingPipeline pipeline, ServedFolder models, KafkaOptions? kafka, CancellationToken stop)
    {
        try
        {
            if (!models.First.IsCompleted)
            {
                _view.WaitFor($"{models.Status.Folder} has no saved version yet");
                context.Out.WriteLine($"waiting for the first saved version in {models.Status.Folder}");
                await models.First.WaitAsync(stop);
                _view.WaitFor(null);
            }

            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"model   version {models.Status.Model!.Version} of {models.Status.Model.CreatedAt:u}, from {models.Status.Path}"));
            if (kafka is not null)
                return await new ServeStream(options, kafka, pipeline, context, _view, host.Logs).RunAsync(stop);
            _view.Enter(ServingPhase.Serving);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped, or the end of run.for.
        }
#pragma warning disable CA1031 // Every failure is reported with the summary.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RunResult(RunOutcome.Failed, e);
        }

        return new RunResult(RunOutcome.Stopped);
    }

    private void Report(RunResult result)
    {
        if (!StatusLines.IsOff(options.Run))
            context.Out.WriteLine(ServingLine.Of(_view));
        if (result.Error is { } error)
            context.Error.WriteLine($"hnm: serving failed: {FailureText.Of(error)}");
        if (result.Outcome == RunOutcome.Interrupted)
            context.Error.WriteLine($"hnm: interrupted before everything in flight was predicted and acknowledged (run.drainTimeout is {Duration.Format(options.Run.DrainTimeout)}). It is predicted again by the next process of the group.");
        if (options.Run.Summary is { Length: > 0 } path)
            ServingResponse.Of(_view).Write(Path.GetFullPath(path, context.WorkingFolder));
    }
}

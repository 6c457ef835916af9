using HnmStreams.Configuration;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Web.Events;

/// <summary>The files that a run stores in its checkpoint folder for people: the event log, the history and the settings.</summary>
/// <remarks>Thread-safe. None of it is needed to continue the run, so failures are logged and the run goes on.</remarks>
internal sealed partial class RunJournal(EventLog events, EventRecorder recorder, RunHistory history, ILogger<RunJournal> logger)
{
    private IReadOnlyList<ShownSetting> _settings = [];

    public EventLog Events => events;

    /// <summary>Continues the files of a checkpoint folder, and logs the settings that differ from the previous run.</summary>
    /// <param name="mayWrite">Returns false once another process has the lease of the folder.</param>
    public void Open(string folder, IReadOnlyList<ShownSetting> settings, Func<bool> mayWrite)
    {
        _settings = settings;
        events.Open(new EventFile(folder, mayWrite));
        history.Open(new HistoryFile(folder, mayWrite));
        try
        {
            foreach (var changed in new SettingsFile(folder, mayWrite).Replace(settings))
                events.Add(RunEventKind.Setting, $"{changed.Path} is {Text(changed.Now)}. In the previous run it was {Text(changed.Before)}.", RunEventActor.Service, subject: changed.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogSettingsNotCompared(e.Message);
        }
    }

    /// <summary>Records the start of a learner with new weights. The curves begin again.</summary>
    /// <param name="stream">The identity of the stream: the ids of cluster and topic.</param>
    public void Begin(string stream)
    {
        history.Clear();
        history.SetData(RunFingerprint.Of(_settings, stream));
        events.Add(RunEventKind.Started, "The learner starts with new weights.", RunEventActor.Service);
    }

    /// <summary>Records the start of a learner from a checkpoint. The curves continue.</summary>
    /// <param name="stream">The identity of the stream: the ids of cluster and topic.</param>
    public void Continue(string checkpoint, long modelVersion, string stream)
    {
        events.Add(RunEventKind.Continued, $"The learner continues from checkpoint {checkpoint}.", RunEventActor.Service, modelVersion);
        if (!history.SetData(RunFingerprint.Of(_settings, stream)))
            events.Add(RunEventKind.DataChange, "The data or the learning settings differ from those of the previous run. Conclusions about the run are based on the curves from here on.", RunEventActor.Service, modelVersion);
    }

    /// <summary>Records the end of the run and stores the history.</summary>
    /// <param name="failed">True if the run ends with a failure.</param>
    public void End(bool failed, string text)
    {
        recorder.Observe();
        events.Add(failed ? RunEventKind.Failed : RunEventKind.Stopped, text, RunEventActor.Service);
        history.Save();
    }

    private static string Text(string? value) => value is null ? "not set" : $"'{value}'";

    [LoggerMessage(EventId = 813, EventName = "SettingsNotCompared", Level = LogLevel.Warning, Message = "The settings cannot be compared with those of the previous run: {Reason}.")]
    private partial void LogSettingsNotCompared(string reason);
}

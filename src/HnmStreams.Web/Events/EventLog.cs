using Microsoft.Extensions.Logging;

namespace HnmStreams.Web.Events;

/// <summary>The events of a run and of the earlier runs with the same checkpoint folder.</summary>
/// <remarks>Thread-safe. Memory is bounded by <see cref="Capacity"/> events of <see cref="MaxTextLength"/>.</remarks>
internal sealed partial class EventLog(TimeProvider time, ILogger<EventLog> logger)
{
    /// <summary>Maximum number of events in memory.</summary>
    public const int Capacity = 1_000;

    /// <summary>Maximum length of a text. A longer one is cut.</summary>
    public const int MaxTextLength = 1_000;

    private readonly Lock _gate = new();
    private readonly List<RunEvent> _events = [];
    private EventFile? _file;
    private long _lastId;

    /// <summary>Opens the file of the checkpoint folder: its events come before those of this process, which are written to it now.</summary>
    public void Open(EventFile file)
    {
        lock (_gate)
        {
            var early = _events.ToArray();
            _events.Clear();
            _lastId = 0;
            _file = file;
            try
            {
                _events.AddRange(file.Load());
                _lastId = _events.Count == 0 ? 0 : _events.Max(e => e.Id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                CloseFile(e);
            }

            foreach (var added in early)
                Append(added with { Id = ++_lastId });
        }
    }

    /// <summary>Adds an event.</summary>
    public void Add(RunEventKind kind, string text, RunEventActor actor = RunEventActor.Learner, long? modelVersion = null, string? subject = null)
    {
        lock (_gate)
            Append(new RunEvent(++_lastId, time.GetUtcNow(), kind, text.Length <= MaxTextLength ? text : text[..MaxTextLength], actor, modelVersion, subject));
    }

    /// <summary>Adds a decision about a label.</summary>
    public void Add(LabelDecision decision, string text, RunEventActor actor)
    {
        lock (_gate)
            Append(new RunEvent(++_lastId, time.GetUtcNow(), RunEventKind.Label, text.Length <= MaxTextLength ? text : text[..MaxTextLength], actor, null, decision.Id) { Label = decision });
    }

    /// <summary>Returns the newest events, newest first.</summary>
    /// <param name="before">Only events with a smaller id; null for all.</param>
    /// <param name="kind">Only events of this kind; null for all.</param>
    public IReadOnlyList<RunEvent> Newest(int top, long? before = null, RunEventKind? kind = null)
    {
        lock (_gate)
            return [.. _events.AsEnumerable().Reverse().Where(e => (before is null || e.Id < before) && (kind is null || e.Kind == kind)).Take(top)];
    }

    private void Append(RunEvent added)
    {
        _events.Add(added);
        if (_events.Count > Capacity)
            _events.RemoveRange(0, _events.Count - Capacity);
        try
        {
            _file?.Append(added, () => _events);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CloseFile(e);
        }
    }

    private void CloseFile(Exception error)
    {
        _file = null;
        LogNotStored(error.Message);
    }

    [LoggerMessage(EventId = 810, EventName = "EventsNotStored", Level = LogLevel.Warning, Message = "Events are no longer stored in the checkpoint folder: {Reason}. They stay in memory until the process ends.")]
    private partial void LogNotStored(string reason);
}

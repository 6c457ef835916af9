using System.Text.Json.Serialization;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Events;

/// <summary>An event of a run, for example a promotion or a pause.</summary>
/// <param name="Id">Rises by one with every event of a checkpoint folder.</param>
/// <param name="Text">The event in one or two sentences.</param>
/// <param name="Actor">The cause: the learner, the service, or a person through the API or the page.</param>
/// <param name="ModelVersion">The model version that the event is about; null if it is about none.</param>
/// <param name="Subject">The id of the example or the key of the setting that the event is about; null if it is about none.</param>
internal sealed record RunEvent(long Id, DateTimeOffset At, RunEventKind Kind, string Text, RunEventActor Actor, long? ModelVersion = null, string? Subject = null)
{
    /// <summary>The decision about a label; null for other events.</summary>
    public LabelDecision? Label { get; init; }
}

/// <summary>The causes of events.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RunEventActor>))]
internal enum RunEventActor
{
    Learner,
    Service,

    /// <summary>A request with the token.</summary>
    Api,

    /// <summary>A visitor of the page who entered the token.</summary>
    Page,
}

/// <summary>The kinds of events.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RunEventKind>))]
internal enum RunEventKind
{
    /// <summary>A learner started with new weights.</summary>
    Started,

    /// <summary>A learner continued from a checkpoint.</summary>
    Continued,

    /// <summary>The run ended.</summary>
    Stopped,

    /// <summary>The learner or the run failed.</summary>
    Failed,

    /// <summary>The intake of records was paused.</summary>
    Paused,

    /// <summary>The intake of records was resumed.</summary>
    Resumed,

    /// <summary>A checkpoint was requested, or could not be saved.</summary>
    Checkpoint,

    /// <summary>A version was promoted by the gate.</summary>
    Promotion,

    /// <summary>A person chose the served version, or gave the choice back to the gate.</summary>
    ModelChoice,

    /// <summary>The mining budget changed.</summary>
    Budget,

    /// <summary>The overfitting guard reduced mining, or took a reduction back.</summary>
    OverfittingGuard,

    /// <summary>The conclusion about the run changed.</summary>
    Verdict,

    /// <summary>A person decided about a suspected label error.</summary>
    Label,

    /// <summary>A person answered a label request.</summary>
    LabelAnswer,

    /// <summary>The value of a setting differs from the previous run.</summary>
    Setting,

    /// <summary>The stream changed at a known example, or a run continues with other data or learning settings.</summary>
    DataChange,

    /// <summary>No broker answers, one answers again, or a partition cannot be read.</summary>
    Broker,
}

using HnmStreams.Pipeline.Checkpointing.Crashes;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline;

/// <summary>What it says in the log.</summary>
public sealed partial class MiningPipeline
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Learning {Task} on {Device} with {Scorers} scorers on {Lanes} compute lanes")]
    private partial void LogStarted(string task, string device, int scorers, int lanes);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A call into native code has not come back for {Since}")]
    private partial void LogHung(TimeSpan since);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Damage} A new history of crashes is begun")]
    private partial void LogJournalDamaged(string damage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The process before this one died with a batch in native code ({Work}); if that happens again at the same place, the batch is halved until the record is found")]
    private partial void LogDied(NativeWork work);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}[{Partition}]@{Offset} killed the process {Deaths} times in {Work}, at last alone: it goes to the dead letters")]
    private partial void LogCulprit(string topic, int partition, long offset, int deaths, NativeWork work);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A part of the learner failed; the learner stops")]
    private partial void LogLearnerFailed(Exception error);
}

using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>The log of the start of a learner: what it learns with, and what earlier processes left in the crash journal.</summary>
internal sealed partial class StartLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    public void Started(IMiningTask task, Device device, int scorers, int lanes)
    {
        LogStarted(task.Name, device, scorers, lanes);
        if (task.Teacher is { } teacher)
            LogTeacher(teacher.Identity, teacher.MinHardness);
        if (task.DistilledFrom is { } distilled)
            LogDistillation(distilled);
        if (task is IGroupedTask { PairTeacher: { } pairs })
            LogPairTeacher(pairs.Identity);
    }

    /// <param name="count">The number of test examples.</param>
    public void EncodesTestSet(int count) => LogEncoding(count);

    /// <param name="journal">The crash journal; null if no state is kept.</param>
    public void Crashes(CrashJournal? journal)
    {
        if (journal?.Damage is { } damage)
            LogJournalDamaged(damage);
        foreach (var batch in journal?.LastCrash ?? [])
            LogCrashed(batch.Work);
        foreach (var record in journal?.History.PoisonRecords ?? [])
            LogPoisonRecord(record.Topic, record.Partition, record.Offset, record.Crashes, record.Work);
    }

    [LoggerMessage(EventId = 322, Level = LogLevel.Information, Message = "Learning {Task} on {Device} with {Scorers} scorers on {Lanes} compute lanes.")]
    private partial void LogStarted(string task, Device device, int scorers, int lanes);

    [LoggerMessage(EventId = 396, Level = LogLevel.Information, Message = "A teacher checks the candidates from a hardness of {MinHardness} on before they enter the pool: {Teacher}.")]
    private partial void LogTeacher(string teacher, double minHardness);

    [LoggerMessage(EventId = 399, Level = LogLevel.Information, Message = "A teacher is distilled into the model: {Teacher}.")]
    private partial void LogDistillation(string teacher);

    [LoggerMessage(EventId = 398, Level = LogLevel.Information, Message = "A cross-encoder checks mined pairs before they are trained on: {Teacher}.")]
    private partial void LogPairTeacher(string teacher);

    [LoggerMessage(EventId = 323, Level = LogLevel.Warning, Message = "{Damage} The crash history starts empty.")]
    private partial void LogJournalDamaged(string damage);

    [LoggerMessage(EventId = 324, Level = LogLevel.Warning, Message = "The previous process crashed with a batch in native code ({Work}). If that happens again at the same offsets, the batch is bisected until the record is found.")]
    private partial void LogCrashed(NativeWork work);

    [LoggerMessage(EventId = 326, Level = LogLevel.Information, Message = "Computing the features of {Count} test examples with the frozen encoder before the stream begins.")]
    private partial void LogEncoding(int count);

    [LoggerMessage(EventId = 325, Level = LogLevel.Error, Message = "{Topic}[{Partition}]@{Offset} crashed the process {Crashes} times in {Work}, the last time alone. It goes to the dead letters.")]
    private partial void LogPoisonRecord(string topic, int partition, long offset, int crashes, NativeWork work);
}

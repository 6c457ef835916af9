using System.Text.Json;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>Who the learner is.</summary>
/// <param name="Epoch">Rises with every change of the learner, from 1.</param>
/// <param name="Token">Tells two holders of one process apart.</param>
/// <param name="Heartbeat">By the owner's clock, which others do not rely on: they watch <paramref name="Beats"/> change.</param>
/// <param name="Released">The owner has stopped in good order.</param>
internal sealed record LeaseRecord(long Epoch, LeaseOwner Owner, string Token, DateTimeOffset Heartbeat, long Beats, bool Released);

/// <summary><c>epoch.json</c> in the checkpoint folder.</summary>
internal static class EpochFile
{
    private const int MaxBytes = 64 << 10;

    public static string PathIn(string root) => Path.Combine(root, "epoch.json");

    /// <summary>The record, or null before the first learner.</summary>
    /// <exception cref="DamagedEpochFileException">It cannot be trusted.</exception>
    public static LeaseRecord? Read(string root)
    {
        var path = PathIn(root);
        try
        {
            var content = SealedJson.Open(DurableFile.Read(path, MaxBytes));
            var record = JsonSerializer.Deserialize(content.Span, LeaseJson.Default.LeaseRecord)!;
            return record.Epoch > 0 ? record : throw new InvalidDataException($"it names epoch {record.Epoch}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new DamagedEpochFileException(path, e.Message, e);
        }
    }

    /// <summary>Under the folder's lock only.</summary>
    public static void Write(string root, LeaseRecord record) =>
        DurableFile.Replace(PathIn(root), SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(record, LeaseJson.Default.LeaseRecord)));

    /// <exception cref="StaleEpochException">The folder has a higher epoch.</exception>
    public static void RefuseStale(string root, long epoch)
    {
        if (Read(root) is { } current && current.Epoch > epoch)
            throw new StaleEpochException(epoch, current);
    }
}

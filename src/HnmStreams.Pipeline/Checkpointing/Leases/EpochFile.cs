using System.Text.Json;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The lease of a learner.</summary>
/// <param name="Epoch">The epoch, from 1. It rises with every change of the learner.</param>
/// <param name="Token">Distinguishes two holders in one process.</param>
/// <param name="Heartbeat">The time by the owner's clock. Others do not rely on it: they watch <paramref name="Beats"/> change.</param>
/// <param name="Released">True if the owner has released the lease.</param>
internal sealed record LeaseRecord(long Epoch, LeaseOwner Owner, string Token, DateTimeOffset Heartbeat, long Beats, bool Released);

/// <summary><c>epoch.json</c> in the checkpoint folder.</summary>
internal static class EpochFile
{
    private const int MaxBytes = 64 << 10;

    public static string PathIn(string root) => Path.Combine(root, "epoch.json");

    /// <summary>Reads the lease; returns null before the first learner.</summary>
    /// <exception cref="DamagedEpochFileException">The file is damaged.</exception>
    public static LeaseRecord? Read(string root)
    {
        var path = PathIn(root);
        try
        {
            var content = SealedJson.Open(DurableFile.Read(path, MaxBytes));
            var record = JsonSerializer.Deserialize(content.Span, LeaseJson.Default.LeaseRecord)!;
            return record.Epoch > 0 ? record : throw new InvalidDataException($"its epoch must be above 0 but is {record.Epoch}");
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

    /// <summary>Writes the lease. Only under the folder's lock.</summary>
    public static void Write(string root, LeaseRecord record) =>
        DurableFile.Replace(PathIn(root), SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(record, LeaseJson.Default.LeaseRecord)));

    /// <summary>Throws if the folder has a higher epoch.</summary>
    /// <exception cref="StaleEpochException">The folder has a higher epoch.</exception>
    public static void RefuseStale(string root, long epoch)
    {
        if (Read(root) is { } current && current.Epoch > epoch)
            throw new StaleEpochException(epoch, current);
    }
}

using HnmStreams.Data.Files;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>
/// A lock on a checkpoint folder, held for the short time of reading the epoch and acting on it. The system releases it when
/// the process ends in any way.
/// </summary>
/// <remarks>
/// An exclusive open (<c>flock</c> on Linux). On a file system without locks it has no effect. Then a learner that has been
/// replaced may still finish one checkpoint, which the higher epoch of the next one outranks.
/// </remarks>
internal sealed class FolderLock : IDisposable
{
    private const int MaxAttempts = 2_000;
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; returns null if another process holds it.</summary>
    public static FolderLock? TryTake(string root)
    {
        try
        {
            return new FolderLock(new FileStream(RegularFile.Required(Path.Combine(root, ".lock")), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && IsTaken(e))
        {
            return null;
        }
    }

    /// <summary>Takes the lock. Others hold it for milliseconds, so it waits for a few seconds at most.</summary>
    /// <exception cref="IOException">Another process holds it for longer.</exception>
    public static FolderLock Take(string root)
    {
        var spin = default(SpinWait);
        for (var i = 0; i < MaxAttempts; i++)
        {
            if (TryTake(root) is { } taken)
                return taken;
            spin.SpinOnce();
        }

        throw new IOException($"{Path.Combine(root, ".lock")} is held by another process, which seems to be suspended.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Returns true for EWOULDBLOCK on Linux (11) and macOS (35); a sharing violation on Windows.</summary>
    private static bool IsTaken(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}

using HnmStreams.Data.Files;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>
/// A lock on a checkpoint folder, held for the moments in which the epoch is read and something is done because of it.
/// The system lets go of it when a process dies, however it dies.
/// </summary>
/// <remarks>
/// An exclusive open (<c>flock</c> on Linux). Where a file system has no locks it holds nobody back; then a learner that
/// lost its place may still finish one checkpoint, which the next one's higher epoch outranks.
/// </remarks>
internal sealed class FolderLock : IDisposable
{
    private const int Tries = 2_000;
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>The lock, or null while somebody else has it.</summary>
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

    /// <summary>The lock, which others hold for milliseconds; a few seconds of waiting at most.</summary>
    /// <exception cref="IOException">Somebody holds it for longer.</exception>
    public static FolderLock Take(string root)
    {
        var spin = default(SpinWait);
        for (var i = 0; i < Tries; i++)
        {
            if (TryTake(root) is { } taken)
                return taken;
            spin.SpinOnce();
        }

        throw new IOException($"{Path.Combine(root, ".lock")} is held by another process, which seems to be stopped in the middle of its work.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK on Linux (11) and macOS (35); a sharing violation on Windows.</summary>
    private static bool IsTaken(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}

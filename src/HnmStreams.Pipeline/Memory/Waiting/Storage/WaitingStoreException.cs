namespace HnmStreams.Pipeline.Memory.Waiting.Storage;

/// <summary>The exception for a waiting store that cannot be read or written. The message names the file and the remedy.</summary>
/// <remarks>
/// The learner cannot continue: what it has not stored is not covered by a checkpoint. It restarts from the newest checkpoint and reads the
/// records again, so nothing is lost.
/// </remarks>
public sealed class WaitingStoreException : IOException
{
    internal WaitingStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Returns the error for a failure of RocksDB, whose own message names the file.</summary>
    /// <param name="folder">The folder of the store.</param>
    internal static WaitingStoreException From(string folder, Exception failure)
    {
        var reason = failure.Message.TrimEnd('.');
        var remedy = reason.Contains("No space left", StringComparison.OrdinalIgnoreCase) || reason.Contains("NoSpace", StringComparison.OrdinalIgnoreCase)
            ? "Free space on the disk of the checkpoint folder, or lower labels.bytes. The learner resumes from its newest checkpoint."
            : reason.StartsWith("Corruption", StringComparison.OrdinalIgnoreCase)
                ? "The file is damaged. The learner resumes from the newest intact checkpoint; check the disk."
                : "The learner resumes from its newest checkpoint.";
        return new WaitingStoreException($"The waiting store in {folder} failed: {reason}. {remedy}", failure);
    }
}

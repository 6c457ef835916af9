using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The result of writing a checkpoint.</summary>
internal abstract record CheckpointOutcome;

/// <summary>The checkpoint is on the disk.</summary>

/// <param name="NotRemoved">Older checkpoints and leftovers that could not be deleted, with the reason.</param>
internal sealed record CheckpointWritten(CheckpointDescription Checkpoint, IReadOnlyList<DamagedCheckpoint> NotRemoved) : CheckpointOutcome;

/// <summary>There is no new checkpoint. The earlier ones are unchanged.</summary>
/// <param name="Path">The file or folder that could not be written.</param>
/// <param name="Remedy">The remedy, for the user.</param>
internal sealed record CheckpointFailure(string Path, string Reason, string Remedy, Exception? Cause = null) : CheckpointOutcome
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = 112;
    private const string FreeSpace = "Free space on that disk, keep fewer checkpoints (pipeline.checkpointing.keep), or set a folder on a larger disk. Earlier checkpoints are unchanged.";

    public static CheckpointFailure From(string path, Exception cause) => new(path, cause.Message, RemedyFor(cause), cause);

    public static CheckpointFailure TooLittleSpace(string path, long free, long last) => new(
        path, $"The last checkpoint took {last} bytes and only {free} are free. (This is an estimate: the new one may differ in size.)", FreeSpace);

    public override string ToString() => $"No checkpoint was written to {Path}. {Reason} {Remedy}";

    private static string RemedyFor(Exception cause) => cause switch
    {
        DamagedEpochFileException or CheckpointArchiveException => "Earlier checkpoints are unchanged.",
        UnauthorizedAccessException => "Give this process write access to that folder, or set another one. Earlier checkpoints are unchanged.",
        _ when (cause.HResult & 0xFFFF) is NoSpace or QuotaExceeded or WindowsDiskFull => FreeSpace,
        _ => "Check that disk, or set another folder. Earlier checkpoints are unchanged.",
    };
}

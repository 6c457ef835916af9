using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The answer to a request to write a checkpoint.</summary>
internal abstract record CheckpointOutcome;

/// <summary>The checkpoint is in its place and on the disk.</summary>
/// <param name="Took">From the request to the end.</param>
/// <param name="NotRemoved">Older checkpoints and leftovers that should be gone and are not, with the reason.</param>
internal sealed record CheckpointWritten(CheckpointDescription Checkpoint, TimeSpan Took, IReadOnlyList<DamagedCheckpoint> NotRemoved) : CheckpointOutcome;

/// <summary>There is no new checkpoint; those before it are as they were.</summary>
/// <param name="Path">What could not be written.</param>
/// <param name="Remedy">What a person can do about it.</param>
internal sealed record CheckpointFailure(string Path, string Reason, string Remedy, Exception? Cause = null) : CheckpointOutcome
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = 112;
    private const string MakeRoom = "Make room on that disk, keep fewer checkpoints, or name a folder on a larger disk. Earlier checkpoints are untouched.";

    public static CheckpointFailure From(string path, Exception cause) => new(path, cause.Message, RemedyFor(cause), cause);

    public static CheckpointFailure TooLittleSpace(string path, long free, long last) => new(
        path, $"The last checkpoint took {last} bytes and only {free} are free. (An estimate: this one may differ in size.)", MakeRoom);

    public override string ToString() => $"No checkpoint was written to {Path}. {Reason} {Remedy}";

    private static string RemedyFor(Exception cause) => cause switch
    {
        DamagedEpochFileException => "Earlier checkpoints are untouched.",
        UnauthorizedAccessException => "Let this process write to that folder, or name another one. Earlier checkpoints are untouched.",
        _ when (cause.HResult & 0xFFFF) is NoSpace or QuotaExceeded or WindowsDiskFull => MakeRoom,
        _ => "Look after that disk or name another folder. Earlier checkpoints are untouched.",
    };
}

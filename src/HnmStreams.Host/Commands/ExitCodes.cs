namespace HnmStreams.Host.Commands;

/// <summary>What the process says when it ends. Part of the public contract: documented in --help and README.md.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped by a first Ctrl-C or SIGTERM and drained.</summary>
    public const int Ok = 0;

    /// <summary>Something failed at work.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a setting is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Ended before all was finished: by a second signal, because draining took too long, or a measurement by the first signal.</summary>
    public const int Interrupted = 130;

    public const string Help =
        """
        Exit codes:
          0    done, or stopped by Ctrl-C or SIGTERM and drained
          1    failed at work
          2    the command line or a setting is wrong; nothing was started
          130  ended before all was finished: a second Ctrl-C or SIGTERM, run.drainTimeout, or a bench by the first

        """;
}

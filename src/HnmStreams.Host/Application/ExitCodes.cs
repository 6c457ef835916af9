namespace HnmStreams.Host.Application;

/// <summary>The exit codes of the process. They are part of the public contract: documented in <c>--help</c> and README.md.</summary>
internal static class ExitCodes
{
    /// <summary>Finished, or stopped by a first Ctrl-C or SIGTERM and drained.</summary>
    public const int Ok = 0;

    /// <summary>A failure at run time.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a setting is invalid. Nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted before everything was finished: by a second signal, by the drain timeout, or for a comparison or a search by the first signal.</summary>
    public const int Interrupted = 130;

    public const string Help =
        """
        Exit codes:
          0    finished, or stopped by Ctrl-C or SIGTERM and drained
          1    failed at run time
          2    the command line or a setting is invalid; nothing was started
          130  interrupted: by a second Ctrl-C or SIGTERM, by run.drainTimeout, or a comparison or search by the first signal

        """;
}

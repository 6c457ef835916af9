using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Training;

/// <summary>Logs that the batches are memorized, so that the learning rate is lowered, and that it is full again.</summary>
/// <remarks>One thread. The two limits are apart, so that a factor near one of them does not fill the log.</remarks>
internal sealed partial class RateFactorLog(ILogger logger)
{
    private const double Lowered = 0.5;

    private bool _isLowered;

    /// <summary>Takes the factor of a step into account.</summary>
    public void Note(long step, double factor)
    {
        if (!_isLowered && factor <= Lowered)
        {
            _isLowered = true;
            LogLowered(step, factor);
        }
        else if (_isLowered && factor >= 1)
        {
            _isLowered = false;
            LogFull(step);
        }
    }

    [LoggerMessage(EventId = 333, Level = LogLevel.Information, Message = "The training batches are memorized: at step {Step} the learning rate is lowered to a factor of {Factor:0.###} and follows their loss (pipeline.training.fullRateHardness).")]
    private partial void LogLowered(long step, double factor);

    [LoggerMessage(EventId = 334, Level = LogLevel.Information, Message = "The training batches are not memorized anymore: from step {Step} on the learning rate is full again.")]
    private partial void LogFull(long step);
}

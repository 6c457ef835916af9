using System.Globalization;
using HnmStreams.Offline.Rounds;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Mine;

/// <summary>Progress lines of offline mining, with the estimated remaining time.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MineProgress(TextWriter output, TimeProvider time, TimeSpan interval, int rounds)
{
    private readonly Lock _gate = new();
    private (int Round, string Stage) _stage;
    private long _stageBegan, _last;
    private double? _roundSeconds;

    /// <summary>Prints a line if the interval has passed.</summary>
    public void Report(RoundProgress progress)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if ((progress.Round, progress.Stage) != _stage)
            {
                _stage = (progress.Round, progress.Stage);
                (_stageBegan, _last) = (now, now);
                return;
            }

            if (time.GetElapsedTime(_last, now) < interval || progress.Done == 0 || progress.Done >= progress.Total)
                return;
            _last = now;
            var left = time.GetElapsedTime(_stageBegan, now) * ((double)(progress.Total - progress.Done) / progress.Done);
            var all = _roundSeconds is { } seconds ? $", total about {Numbers.Clock(left + TimeSpan.FromSeconds(seconds * (rounds - progress.Round)))}" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"round {progress.Round} of {rounds}, {progress.Stage}: {(double)progress.Done / progress.Total:P0}, about {Numbers.Clock(left)} left{all}"));
        }
    }

    /// <summary>Records the duration of a round, as the estimate for the remaining ones.</summary>
    public void CompleteRound(RoundReport report)
    {
        lock (_gate)
            _roundSeconds = report.MiningSeconds + report.TrainingSeconds;
    }
}

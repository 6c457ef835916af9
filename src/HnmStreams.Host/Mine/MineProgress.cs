using System.Globalization;
using HnmStreams.Offline.Rounds;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Mine;

/// <summary>A line now and then: how far the round is, and how long what is left will take, by what has gone by.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class MineProgress(TextWriter output, TimeProvider time, TimeSpan every, int rounds)
{
    private readonly Lock _gate = new();
    private (int Round, string Stage) _stage;
    private long _stageBegan, _last;
    private double? _roundSeconds;

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

            if (time.GetElapsedTime(_last, now) < every || progress.Done == 0 || progress.Done >= progress.Total)
                return;
            _last = now;
            var left = time.GetElapsedTime(_stageBegan, now) * ((double)(progress.Total - progress.Done) / progress.Done);
            var all = _roundSeconds is { } seconds ? $", all in about {Numbers.Clock(left + TimeSpan.FromSeconds(seconds * (rounds - progress.Round)))}" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"round {progress.Round} of {rounds}, {progress.Stage}: {(double)progress.Done / progress.Total:P0}, about {Numbers.Clock(left)} left{all}"));
        }
    }

    /// <summary>A round is done: the next ones will take about as long.</summary>
    public void Finished(RoundReport report)
    {
        lock (_gate)
            _roundSeconds = report.MiningSeconds + report.TrainingSeconds;
    }
}

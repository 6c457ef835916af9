namespace HnmStreams.Pipeline.Scoring;

/// <summary>Compute seconds that scoring took, summed over scorers.</summary>
/// <param name="before">Those of earlier runs that the state goes on from.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ScoringClock(double before)
{
    private long _ticks;

    public double Seconds => before + TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public void Add(TimeSpan elapsed) => Interlocked.Add(ref _ticks, elapsed.Ticks);
}

namespace HnmStreams.Pipeline.Scoring;

/// <summary>A running total of the compute time that scoring has taken, summed over all scorers.</summary>
/// <param name="before">Seconds of earlier runs, from the checkpoint.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ScoringTimeCounter(double before)
{
    private long _ticks;

    public double Seconds => before + TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public void Add(TimeSpan elapsed) => Interlocked.Add(ref _ticks, elapsed.Ticks);
}

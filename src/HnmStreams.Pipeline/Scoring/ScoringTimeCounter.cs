namespace HnmStreams.Pipeline.Scoring;

/// <summary>A running total of the compute time that scoring has taken, summed over all scorers.</summary>
/// <param name="before">Seconds of earlier runs, from the checkpoint.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ScoringTimeCounter(double before)
{
    private long _ticks;
    private long _predictingTicks;

    public double Seconds => before + TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    /// <summary>The compute time of predictions in this process, which is not part of the cost of mining: they are served anyway.</summary>
    public double PredictingSeconds => TimeSpan.FromTicks(Interlocked.Read(ref _predictingTicks)).TotalSeconds;

    public void AddPredicting(TimeSpan elapsed) => Interlocked.Add(ref _predictingTicks, elapsed.Ticks);

    public void Add(TimeSpan elapsed) => Interlocked.Add(ref _ticks, elapsed.Ticks);
}

using HnmStreams.Evaluation.Drift;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Ranking.Outcomes;

/// <summary>A mean that is watched for changes by an adaptive window.</summary>
/// <remarks>Owned by the ranking stage. Amortized O(1) per value.</remarks>
internal sealed class WatchedMean
{
    private const string Structure = "watched mean";

    // A check every 32 values: at 1e-6 per check, a constant stream of a hundred million values gives three false alarms at most.
    private const double Confidence = 1e-6;

    private readonly Adwin _window = new(Confidence);
    private DriftDirection _last;
    private long _lastTicks;

    public DriftStatus Status => new(
        _window.Width == 0 ? null : _window.Mean, _window.Width, _window.Changes, _last, _last == DriftDirection.None ? null : new DateTimeOffset(_lastTicks, TimeSpan.Zero));

    /// <param name="value">A number between 0 and 1.</param>
    public void Add(double value, DateTimeOffset now)
    {
        if (_window.Add(value) is var direction and not DriftDirection.None)
            (_last, _lastTicks) = (direction, now.UtcTicks);
    }

    public void Save(StateWriter writer)
    {
        var state = _window.Save();
        writer.Begin(Structure, 1);
        writer.WriteArray<int>(state.Counts);
        writer.WriteArray<double>(state.Sums);
        writer.WriteArray<double>(state.Squares);
        writer.WriteDouble(state.Sum);
        writer.WriteDouble(state.SquaredDeviations);
        writer.WriteInt32(state.SinceCheck);
        writer.WriteInt64(state.Changes);
        writer.WriteInt32((int)_last);
        writer.WriteInt64(_lastTicks);
    }

    /// <exception cref="InvalidDataException">The state is not that of a watched mean.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        _window.Restore(new AdwinState(
            reader.ReadArray<int>(), reader.ReadArray<double>(), reader.ReadArray<double>(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt64()));
        var (last, ticks) = (reader.ReadInt32(), reader.ReadInt64());
        if (!Enum.IsDefined((DriftDirection)last) || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            throw reader.Invalid($"a change {last} at {ticks}");
        (_last, _lastTicks) = ((DriftDirection)last, ticks);
    }
}

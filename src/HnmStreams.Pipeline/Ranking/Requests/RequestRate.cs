using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>A limit on the requests per hour of clock time, evenly spread: a token bucket that starts empty and holds one hour.</summary>
/// <remarks>Owned by the ranking stage. Its state is saved with the clock time, so that a restart neither loses nor repeats requests of the hour. O(1).</remarks>
internal sealed class RequestRate(double perHour, TimeProvider time)
{
    private readonly double _capacity = Math.Max(1, perHour);
    private double _tokens;
    private DateTimeOffset _at = time.GetUtcNow();

    /// <summary>Returns true if a request is due. <see cref="Take"/> uses it up.</summary>
    public bool IsDue()
    {
        var now = time.GetUtcNow();
        // A clock that was set back gives nothing, and nothing is taken.
        if (now > _at)
            _tokens = Math.Min(_capacity, _tokens + ((now - _at).TotalHours * perHour));
        _at = now;
        return _tokens >= 1;
    }

    /// <summary>Counts a request.</summary>
    public void Take() => _tokens--;

    public void Save(StateWriter writer)
    {
        writer.WriteDouble(_tokens);
        writer.WriteInt64(_at.UtcTicks);
    }

    /// <exception cref="InvalidDataException">The state is not that of a rate.</exception>
    public void Restore(StateReader reader)
    {
        var (tokens, ticks) = (reader.ReadDouble(), reader.ReadInt64());
        if (!double.IsFinite(tokens) || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            throw reader.Invalid($"a rate of {tokens} requests at {ticks}");
        (_tokens, _at) = (Math.Min(_capacity, tokens), new DateTimeOffset(ticks, TimeSpan.Zero));
    }
}

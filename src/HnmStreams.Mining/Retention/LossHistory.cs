using System.Runtime.CompilerServices;

namespace HnmStreams.Mining.Retention;

/// <summary>What a candidate's losses were like on its first and on its last visits. 40 bytes, so that a pool can keep one a slot.</summary>
public struct LossHistory
{
    /// <summary>Visits at the beginning, and as many at the end, that are remembered.</summary>
    public const int Span = 4;

    private FourLosses _last;
    private float _firstSum;

    public int Visits { get; private set; }

    /// <summary>Mean of the first visits, four at most; NaN before any.</summary>
    public readonly float FirstMean => Visits == 0 ? float.NaN : _firstSum / Math.Min(Visits, Span);

    /// <summary>Mean of the last visits, four at most; NaN before any.</summary>
    public readonly float LastMean
    {
        get
        {
            var sum = 0f;
            for (var i = 0; i < Math.Min(Visits, Span); i++)
                sum += _last[i];
            return Visits == 0 ? float.NaN : sum / Math.Min(Visits, Span);
        }
    }

    /// <summary>The smallest of the last visits, four at most; NaN before any.</summary>
    public readonly float LastMinimum
    {
        get
        {
            var least = Visits == 0 ? float.NaN : _last[0];
            for (var i = 1; i < Math.Min(Visits, Span); i++)
                least = Math.Min(least, _last[i]);
            return least;
        }
    }

    /// <summary>A loss that is not finite is no visit.</summary>
    public void Add(float loss)
    {
        if (!float.IsFinite(loss))
            return;
        if (Visits < Span)
            _firstSum += loss;
        _last[Visits++ % Span] = loss;
    }

    /// <summary>The last losses, oldest first.</summary>
    public readonly float[] Last()
    {
        var count = Math.Min(Visits, Span);
        var losses = new float[count];
        for (var i = 0; i < count; i++)
            losses[i] = _last[(Visits - count + i) % Span];
        return losses;
    }

    [InlineArray(Span)]
    private struct FourLosses
    {
        private float _first;
    }
}

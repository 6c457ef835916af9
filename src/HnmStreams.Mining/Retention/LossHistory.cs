using System.Runtime.CompilerServices;

namespace HnmStreams.Mining.Retention;

/// <summary>The first and the last losses of a candidate. 40 bytes, so that a pool can keep one per slot.</summary>
public struct LossHistory
{
    /// <summary>The number of visits at the beginning, and at the end, that are kept.</summary>
    public const int Span = 4;

    // Half of the range, so that further visits do not overflow.
    private const int MaxVisits = int.MaxValue / 2;

    private FourLosses _last;
    private float _firstSum;

    /// <summary>The number of visits.</summary>
    public int Visits { get; private set; }

    /// <summary>The mean of the first losses, at most four; NaN before the first visit.</summary>
    public readonly float FirstMean => Visits == 0 ? float.NaN : _firstSum / Math.Min(Visits, Span);

    /// <summary>The mean of the last losses, at most four; NaN before the first visit.</summary>
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

    /// <summary>The minimum of the last losses, at most four; NaN before the first visit.</summary>
    public readonly float LastMinimum
    {
        get
        {
            var minimum = Visits == 0 ? float.NaN : _last[0];
            for (var i = 1; i < Math.Min(Visits, Span); i++)
                minimum = Math.Min(minimum, _last[i]);
            return minimum;
        }
    }

    /// <summary>False if these bytes of a saved state were not written by this structure.</summary>
    internal readonly bool IsValid
    {
        get
        {
            for (var i = 0; i < Math.Min(Visits, Span); i++)
            {
                if (!float.IsFinite(_last[i]))
                    return false;
            }

            return Visits is >= 0 and <= MaxVisits && !float.IsNaN(_firstSum);
        }
    }

    /// <summary>Records a loss. A loss that is not finite is ignored.</summary>
    public void Add(float loss)
    {
        if (!float.IsFinite(loss))
            return;
        if (Visits < Span)
            _firstSum += loss;
        _last[Visits++ % Span] = loss;
    }

    /// <summary>Returns the last losses, at most four, oldest first.</summary>
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

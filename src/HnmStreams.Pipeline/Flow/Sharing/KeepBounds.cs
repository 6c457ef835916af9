namespace HnmStreams.Pipeline.Flow.Sharing;

/// <summary>
/// The bounds by which another process decides that the learner cannot keep an example, so that it sends no payload. Each bound
/// allows too many rather than too few; only that of the pool can be too tight, because losses change while the bound is on its way.
/// </summary>
/// <param name="Hardness">The hardness that a candidate must reach to enter the pool, less a slack; negative infinity while the pool has room.</param>
/// <param name="Positives">The largest draw with which a positive enters its reservoir, see <see cref="ArrivalDraw"/>.</param>
/// <param name="Negatives">The largest draw with which a negative enters its reservoir.</param>
/// <param name="NewPositives">The largest second draw with which a positive is sent for training on it when it arrives.</param>
/// <param name="HeldOut">The largest second draw with which a held-out example is kept.</param>
/// <param name="ScoredShare">The share of the examples that is scored, 0 to 1.</param>
/// <param name="ScoresEveryPositive">True if positives are scored beyond that share.</param>
internal readonly record struct KeepBounds(
    float Hardness, ulong Positives, ulong Negatives, ulong NewPositives, ulong HeldOut, double ScoredShare, bool ScoresEveryPositive)
{
    /// <summary>The bounds with which every payload is sent.</summary>
    public static KeepBounds All { get; } = new(float.NegativeInfinity, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 1, false);
}

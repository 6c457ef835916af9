namespace HnmStreams.Pipeline.Flow;

/// <summary>Batches beyond those that the mined learner takes.</summary>
internal sealed record ExtraSteps(IReadOnlyList<TrainingBatch> Batches)
{
    /// <summary>Exact mode's prices: one row passed forward is 1, one row trained on is so much.</summary>
    public const int ForwardPassesPerTrainedRow = 4;

    /// <param name="credit">Seconds.</param>
    /// <param name="price">Seconds a step, above 0.</param>
    /// <returns>Whole steps.</returns>
    public static int PaidFor(double credit, double price) => credit >= price ? (int)Math.Min(credit / price, int.MaxValue) : 0;

    /// <summary>Exact mode: steps of so many rows that scoring has paid for so far.</summary>
    public static long PaidFor(long scored, int rows) => scored / ((long)ForwardPassesPerTrainedRow * rows);
}

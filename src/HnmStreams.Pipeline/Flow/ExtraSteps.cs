namespace HnmStreams.Pipeline.Flow;

/// <summary>Batches of extra steps for the baseline at equal compute.</summary>
internal sealed record ExtraSteps(IReadOnlyList<TrainingBatch> Batches)
{
    /// <summary>Exact mode: the cost of one trained row in forward passes of a row.</summary>
    public const int ForwardPassesPerTrainedRow = 4;

    /// <summary>Returns the number of whole steps that a credit pays for.</summary>
    /// <param name="credit">Seconds.</param>
    /// <param name="price">Seconds per step, above 0.</param>
    public static int PaidFor(double credit, double price) => credit >= price ? (int)Math.Min(credit / price, int.MaxValue) : 0;

    /// <summary>Exact mode: returns the number of steps that scoring pays for so far.</summary>
    /// <param name="rows">Rows per step.</param>
    public static long PaidFor(long scored, int rows) => scored / ((long)ForwardPassesPerTrainedRow * rows);
}

using HnmStreams.Data.Rows;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The number of held-out examples that decide a comparison of versions: of the rarer kind, if the task has positives.</summary>
/// <param name="Kind">The plural of the kind that is counted, for messages.</param>
/// <param name="Required">The number from which on versions are compared.</param>
internal readonly record struct HeldOutSize(int Examples, string Kind, int Required)
{
    /// <summary>Counts the rows. O(n).</summary>
    public static HeldOutSize Of(IMiningTask task, RowBuffer rows, int required)
    {
        var (positives, negatives) = (0, 0);
        foreach (var label in rows.Labels)
        {
            var role = task.RoleOf(label);
            positives += role == ExampleRole.Positive ? 1 : 0;
            negatives += role == ExampleRole.Negative ? 1 : 0;
        }

        if (!task.HasPositives)
            return new(negatives, "examples", required);
        return positives <= negatives ? new(positives, "positives", required) : new(negatives, "negatives", required);
    }
}

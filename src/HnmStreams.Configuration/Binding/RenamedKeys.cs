namespace HnmStreams.Configuration.Binding;

/// <summary>Keys of earlier versions and the keys that replace them. An old key is rejected with its new name.</summary>
internal static class RenamedKeys
{
    // Longer prefixes first.
    private static readonly (string Old, string New)[] Prefixes =
    [
        ("pipeline.control.cost", "pipeline.miningBudget"),
        ("pipeline.control", "pipeline.baselines"),
        ("pipeline.easing", "pipeline.overfittingGuard"),
        ("pipeline.retention.suspicion.remembered", "pipeline.retention.labelNoise.rememberedVerdicts"),
        ("pipeline.retention.suspicion.requiredFall", "pipeline.retention.labelNoise.requiredLossDecrease"),
        ("pipeline.retention.suspicion", "pipeline.retention.labelNoise"),
        ("task.detection.maximumFinds", "task.detection.maximumDetections"),
        ("task.tabular.standardise", "task.tabular.standardize"),
        ("data.thinning", "data.downsampling"),
    ];

    /// <summary>Returns the replacement of an old key, or null if the key was never in use.</summary>
    public static string? Find(string path)
    {
        foreach (var (old, now) in Prefixes)
        {
            if (path.Equals(old, StringComparison.OrdinalIgnoreCase))
                return now;
            if (path.StartsWith(old + ".", StringComparison.OrdinalIgnoreCase))
                return now + path[old.Length..];
        }

        return null;
    }
}

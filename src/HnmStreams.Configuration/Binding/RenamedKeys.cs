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
        ("pipeline.evaluation.heldOutStretch", "pipeline.evaluation.heldOutInterval"),
        ("pipeline.limiter.maximumDebtSteps", "pipeline.limiter.maxDebtSteps"),
        ("pipeline.limiter.minimumExamples", "pipeline.limiter.minExamples"),
        ("pipeline.miningBudget.maximumCandidates", "pipeline.miningBudget.maxCandidates"),
        ("pipeline.miningBudget.maximumShare", "pipeline.miningBudget.maxShare"),
        ("pipeline.miningBudget.minimumCandidates", "pipeline.miningBudget.minCandidates"),
        ("pipeline.overfittingGuard.steps", "pipeline.overfittingGuard.backoffLevels"),
        ("pipeline.pool.maximumAge", "pipeline.pool.maxAge"),
        ("pipeline.pool.maximumUses", "pipeline.pool.maxUses"),
        ("pipeline.reservoirs.freshPositives", "pipeline.reservoirs.newPositives"),
        ("pipeline.retention.band.minimumSeen", "pipeline.retention.band.minSeen"),
        ("pipeline.retention.labelNoise.minimumVisits", "pipeline.retention.labelNoise.minVisits"),
        ("pipeline.retention.suspicion.remembered", "pipeline.retention.labelNoise.rememberedVerdicts"),
        ("pipeline.retention.suspicion.requiredFall", "pipeline.retention.labelNoise.requiredLossDecrease"),
        ("pipeline.retention.suspicion", "pipeline.retention.labelNoise"),
        ("pipeline.scoring.threads", "pipeline.compute.threads"),
        ("task.detection.maximumDetections", "task.detection.maxDetections"),
        ("task.detection.maximumFinds", "task.detection.maxDetections"),
        ("task.detection.maximumPixels", "task.detection.maxPixels"),
        ("task.detection.minimumNegatives", "task.detection.minNegatives"),
        ("task.detection.minimumScore", "task.detection.minScore"),
        ("task.faces.index.filter.maximumScore", "task.faces.index.filter.maxScore"),
        ("task.faces.index.filter.percentage", "task.faces.index.filter.maxShare"),
        ("task.retrieval.index.filter.maximumScore", "task.retrieval.index.filter.maxScore"),
        ("task.retrieval.index.filter.percentage", "task.retrieval.index.filter.maxShare"),
        ("task.retrieval.maximumCharacters", "task.retrieval.maxCharacters"),
        ("task.tabular.standardise", "task.tabular.standardize"),
        ("task.text.maximumCharacters", "task.text.maxCharacters"),
        ("data.thinning", "data.downsampling"),
    ];

    /// <summary>The keys that replace earlier ones.</summary>
    public static IEnumerable<string> Replacements => Prefixes.Select(static p => p.New);

    /// <summary>Returns the replacement of an old key, or null if the key was never in use.</summary>
    public static string? Find(string path)
    {
        foreach (var (old, now) in Prefixes)
        {
            if (path.Equals(old, StringComparison.OrdinalIgnoreCase))
                return Find(now) ?? now;
            if (path.StartsWith(old + ".", StringComparison.OrdinalIgnoreCase))
                return Find(now + path[old.Length..]) ?? now + path[old.Length..];
        }

        return null;
    }
}

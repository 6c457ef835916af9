using System.Globalization;
using System.IO.Hashing;
using System.Text;
using HnmStreams.Configuration;

namespace HnmStreams.Web.Events;

/// <summary>
/// The identity of what a run learns from and how: the stream, the task, the data, and the settings that decide what the learners are
/// trained and evaluated on. Metrics of two runs are comparable only if their fingerprints are equal. Pure.
/// </summary>
internal static class RunFingerprint
{
    // Sections and settings, by the beginning of their keys. Intervals, folders, addresses and devices do not change what is learned.
    private static readonly string[] Keys =
    [
        "task.", "data.", "synthetic.", "wire.format", "wire.envelope", "wire.fields.", "wire.arrow.", "kafka.topic",
        "pipeline.seed", "pipeline.scoring.share", "pipeline.pool.", "pipeline.retention.", "pipeline.sampling.", "pipeline.reservoirs.", "pipeline.mix.", "pipeline.limiter.",
        "pipeline.training.", "pipeline.evaluation.heldOut", "pipeline.overfittingGuard.", "pipeline.miningBudget.", "pipeline.baselines.", "pipeline.tuning.",
    ];

    /// <param name="settings">The settings in effect.</param>
    /// <param name="stream">The identity of the stream: the ids of cluster and topic.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(IReadOnlyList<ShownSetting> settings, string stream)
    {
        var hash = new XxHash128();
        Append(hash, stream);
        foreach (var setting in settings.Where(s => Array.Exists(Keys, key => s.Path.StartsWith(key, StringComparison.Ordinal))).OrderBy(s => s.Path, StringComparer.Ordinal))
        {
            Append(hash, setting.Path);
            Append(hash, setting.Value ?? "");
        }

        return hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);
    }

    // The zero between two texts keeps them apart.
    private static void Append(XxHash128 hash, string text)
    {
        hash.Append(Encoding.UTF8.GetBytes(text));
        hash.Append([0]);
    }
}

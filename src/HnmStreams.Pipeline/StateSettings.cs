using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using HnmStreams.Data.Wire;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline;

/// <summary>The effect of a changed setting on a saved state.</summary>
internal enum StateSettingChange
{
    /// <summary>The state does not fit, so the start is refused.</summary>
    Refused,

    /// <summary>The state fits. Candidates beyond a smaller bound leave, and another secret applies to the examples that arrive.</summary>
    Adapted,

    /// <summary>The state fits, but an exact run will differ from one without the change.</summary>
    NotExact,
}

/// <summary>The settings that a checkpoint depends on, and the effects of their changes.</summary>
internal static class StateSettings
{
    private static readonly Dictionary<string, StateSettingChange> Rules = new(StringComparer.Ordinal)
    {
        ["task"] = StateSettingChange.Refused,
        ["network"] = StateSettingChange.Refused,
        ["encoder"] = StateSettingChange.Refused,
        ["pipeline.training.optimizer"] = StateSettingChange.Refused,
        ["pipeline.sampling.kind"] = StateSettingChange.Refused,
        ["pipeline.retention"] = StateSettingChange.Refused,
        ["pipeline.pool"] = StateSettingChange.Adapted,
        ["pipeline.reservoirs"] = StateSettingChange.Adapted,
        ["pipeline.evaluation.heldOutSecret"] = StateSettingChange.Adapted,
        ["labels.mode"] = StateSettingChange.Adapted,
    };

    /// <summary>Returns the current settings.</summary>
    /// <param name="network">The names and shapes of the network's tensors.</param>
    public static IReadOnlyDictionary<string, string> Of(PipelineOptions options, IMiningTask task, string network, LabelsOptions? labels = null)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = task.Name,
            ["network"] = network,
            ["pipeline.training.optimizer"] = options.Training.Optimizer,
            ["pipeline.training"] = Text($"rate {options.Training.LearningRate}, decay {options.Training.WeightDecay}, momentum {options.Training.Momentum}, schedule {options.Training.Schedule} {options.Training.WarmupSteps} {options.Training.TotalSteps}, clip {options.Training.ClipNorm}, averaging {options.Training.WeightAveraging}, full rate from {options.Training.FullRateHardness}") + (options.Training.InitialFactor > 1 ? Text($", initial factor {options.Training.InitialFactor} for {options.Training.InitialSteps} steps") : "") + (options.Training.RowsPerPass > 0 ? Text($", rows per pass {options.Training.RowsPerPass}") : ""),
            ["pipeline.sampling.kind"] = options.Sampling.Kind.ToString(),
            ["pipeline.retention"] = Text($"band {options.Retention.Band.History}, duplicates {options.Retention.DuplicateDistance >= 0}"),
            ["pipeline.pool"] = Text($"{options.Pool.Count} candidates, {options.Pool.Bytes} bytes") + (options.Pool.DistinctShare > 0 ? Text($", share {options.Pool.DistinctShare} from {options.Pool.MinCount}") : ""),
            ["pipeline.reservoirs"] = Text($"{options.Reservoirs.Positives}, {options.Reservoirs.Negatives}, {options.Reservoirs.NewPositives}, horizon {options.Reservoirs.NegativesHorizon}"),
            ["labels.mode"] = (labels?.Mode ?? LabelMode.Inline).ToString(),
            ["pipeline.mode"] = options.Mode,
            ["pipeline.overlap"] = Text($"{options.Overlap}"),
            ["pipeline.seed"] = Text($"{options.Seed}"),
            ["pipeline.device"] = options.Device,
            ["pipeline.batching.size"] = Text($"{options.Batching.Size}"),
            ["pipeline.scoring"] = Text($"share {options.Scoring.ShareOrAll}, threads {options.Compute.Threads}"),
            ["pipeline.mix"] = Text($"{options.Mix.BatchSize}, {options.Mix.PositiveShare}, {options.Mix.HardShareOrDefault}"),
            ["pipeline.limiter"] = Text($"{options.Limiter.ExamplesPerStep}, {options.Limiter.MinExamples}"),
            ["pipeline.publishing.everySteps"] = Text($"{options.Publishing.EverySteps}"),
            ["libtorch"] = TorchSharp.torch.__version__,
            ["cpu"] = Cpu(),
        };
        if (task.UsesBFloat16)
            settings["task.backbone.precision"] = "bfloat16";
        if (task.RowFormat.Length > 0)
            settings["encoder"] = task.RowFormat;
        if (task.DistilledFrom is { } teacher)
            settings["task.teacher.distillation"] = teacher;
        if (options.Evaluation.HeldOutSecret is { } secret)
            settings["pipeline.evaluation.heldOutSecret"] = Fingerprint(secret);
        return settings;
    }

    /// <summary>Returns the settings that have changed since the checkpoint.</summary>
    public static IReadOnlyList<(string Key, string Saved, string Now, StateSettingChange Meaning)> Compare(
        IReadOnlyDictionary<string, string> saved, IReadOnlyDictionary<string, string> now) =>
        [.. from key in saved.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            let before = saved.GetValueOrDefault(key, "not set")
            let after = now.GetValueOrDefault(key, "not set")
            where !string.Equals(before, after, StringComparison.Ordinal)
            select (key, before, after, Rules.GetValueOrDefault(key, StateSettingChange.NotExact))];

    // Detects a change, and is too short to find the secret by it.
    private static string Fingerprint(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 4));

    // Kernels depend on the processor's instruction set, and each sums in another order.
    private static string Cpu() => Avx512F.IsSupported ? "avx512" : Avx2.IsSupported ? "avx2" : "baseline";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The exception for a checkpoint that does not fit the settings.</summary>
public sealed class IncompatibleSettingsException : InvalidOperationException
{
    public IncompatibleSettingsException()
    {
    }

    public IncompatibleSettingsException(string message)
        : base(message)
    {
    }

    public IncompatibleSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static IncompatibleSettingsException Of(string checkpoint, IEnumerable<(string Key, string Saved, string Now)> changes) => new(
        $"Checkpoint {checkpoint} does not fit the settings: "
        + string.Join("; ", changes.Select(c => $"{c.Key} must be '{c.Saved}' but is '{c.Now}'"))
        + ". Restore these settings, set another checkpoints.folder or kafka.groupId, or start with --fresh (the old checkpoints are kept until newer ones replace them).");
}

using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Compare.Recovery;

/// <summary>The change of a stream that <c>data.drift</c> describes, and the test examples before it. Immutable.</summary>
/// <param name="After">The number of examples before the change.</param>
internal sealed record RecoveryPlan(long After)
{
    private HashSet<string> Appearing { get; init; } = [];

    /// <summary>Returns the plan of a drift.</summary>
    /// <exception cref="SettingsException">The drift has no change, or changes at several positions.</exception>
    public static RecoveryPlan Of(DriftOptions drift)
    {
        var positions = drift.Appears.Values.Select(static after => long.Parse(after, CultureInfo.InvariantCulture)).ToHashSet();
        if (drift.Rates.Count + drift.Flips.Count > 0)
            positions.Add(drift.After);
        return positions is { Count: 1 } && positions.First() is > 0 and var change
            ? new RecoveryPlan(change) { Appearing = drift.Appears.Keys.ToHashSet(StringComparer.Ordinal) }
            : throw new SettingsException($"'data.drift' must have one change after the first example but has {Positions(positions)}. Set data.drift.appears.CLASS=N, or data.drift.after with data.drift.rates or data.drift.flips, with the same number of examples for all.");
    }

    /// <summary>Returns true if the test example can occur in the stream before the change.</summary>
    public bool IsBefore(Example example) => !Appearing.Contains(TargetName.Of(example.Target)) && !(example.OriginalLabel is { } label && Appearing.Contains(label));

    private static string Positions(IEnumerable<long> positions) =>
        string.Join(", ", positions.Order().Select(static p => string.Create(CultureInfo.InvariantCulture, $"a change after {p}"))) is { Length: > 0 } text ? text : "none";
}

using HnmStreams.Configuration;

namespace HnmStreams.Web.Operating;

/// <summary>The settings in effect, as they may be shown: secrets are hidden.</summary>
/// <param name="Items">Every setting in the order of declaration.</param>
internal sealed record EffectiveSettings(IReadOnlyList<ShownSetting> Items);

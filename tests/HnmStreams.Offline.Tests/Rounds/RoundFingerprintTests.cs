using HnmStreams.Offline.Rounds;

namespace HnmStreams.Offline.Tests.Rounds;

public sealed class RoundFingerprintTests
{
    /// <summary>The text is stored in the state of each folder: if it changes, no existing folder can be resumed.</summary>
    [Fact]
    public void The_text_equals_that_of_existing_folders()
    {
        var options = new MineOptions { RangeMin = 7, RangeMax = 40, MinScore = 0.25f, AbsoluteMargin = 0.5f, Steps = 12, Checker = "models/second.safetensors" };
        var scored = new RoundFingerprint("tabular", IsEmbedded: false, "fc.weight 1x4", 3_000, 0xabc, 5, options, "models/first.safetensors");
        Assert.Equal(
            "tabular scored, network ae27a475e0084122, 3000 examples 0000000000000abc, seed 5, band 7 to 40 scoring 0.25 to  under 0.5 and , "
            + "Random, 4 for 1, 10000, steps 12 after 500, weights first.safetensors, checker second.safetensors",
            scored.ToString());
    }

    [Fact]
    public void Omits_the_names_of_files_that_are_not_set()
    {
        var text = new RoundFingerprint("faces", IsEmbedded: true, "", 2, 1, 1, new MineOptions(), null).ToString();
        Assert.StartsWith("faces embedded, ", text, StringComparison.Ordinal);
        Assert.EndsWith(", weights , checker ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Differs_for_each_setting_that_affects_the_mined_set()
    {
        string Of(Action<MineOptions> change)
        {
            var options = new MineOptions();
            change(options);
            return new RoundFingerprint("tabular", IsEmbedded: false, "n", 10, 1, 1, options, null).ToString();
        }

        Action<MineOptions>[] changes =
        [
            _ => { }, o => o.RangeMin = 1, o => o.RangeMax = 9, o => o.MinScore = 0.1f, o => o.MaxScore = 0.9f, o => o.AbsoluteMargin = 0.1f, o => o.RelativeMargin = 0.2f,
            o => o.Sampling = MineSampling.Top, o => o.Negatives = 5, o => o.Positives = 2, o => o.HardSet = 11, o => o.Steps = 3, o => o.WarmupSteps = 4, o => o.Checker = "c",
        ];
        var texts = changes.Select(Of).ToArray();
        Assert.Equal(texts.Length, texts.Distinct().Count());
    }
}

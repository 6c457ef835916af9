using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class ChanceGateTests
{
    [Theory]
    [InlineData(512, false, false, 2_048)]
    [InlineData(512, false, true, 256)]
    [InlineData(512, true, false, 20_480)]
    [InlineData(512, true, true, 20_480)]
    [InlineData(8, false, false, 128)]
    [InlineData(8, false, true, 128)]
    [InlineData(8, true, false, 1_280)]
    public void The_next_check_is_due_after_a_number_of_scored_examples(int batch, bool beatsChance, bool few, long after)
    {
        var gate = new ChanceGate(batch);
        Assert.True(gate.IsDue(0));
        gate.RecordCheck(beatsChance, 1_000, few);
        Assert.Equal(beatsChance, gate.IsOpen);
        Assert.False(gate.IsDue(999 + after));
        Assert.True(gate.IsDue(1_000 + after));
    }

    [Fact]
    public void Closes_when_the_model_falls_back_to_chance()
    {
        var gate = new ChanceGate(512);
        gate.RecordCheck(beatsChance: true, 0, few: false);
        gate.RecordCheck(beatsChance: false, 20_480, few: false);
        Assert.False(gate.IsOpen);
    }

    [Fact]
    public void The_first_check_waits_for_scores_if_few_examples_are_scored()
    {
        var gate = new ChanceGate(512);
        gate.BeginWithFew();
        Assert.False(gate.IsDue(255));
        Assert.True(gate.IsDue(256));
    }
}

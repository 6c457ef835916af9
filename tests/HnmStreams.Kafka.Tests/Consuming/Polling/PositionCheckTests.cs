using HnmStreams.Kafka.Consuming.Polling;

namespace HnmStreams.Kafka.Tests.Consuming.Polling;

public sealed class PositionCheckTests
{
    [Theory]
    [InlineData(0, "None")]
    [InlineData(1, "Small")]
    [InlineData(1_000, "Small")]
    [InlineData(1_001, "Large")]
    [InlineData(-1, "Backward")]
    public void Classifies_the_distance_to_the_expected_offset(long distance, string expected) =>
        Assert.Equal(expected, PositionCheck.Classify(5_000, 5_000 + distance).ToString());
}

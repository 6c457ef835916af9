using Confluent.Kafka;
using HnmStreams.Kafka.Consuming.Groups;

namespace HnmStreams.Kafka.Tests.Consuming.Groups;

public sealed class AssignmentCheckTests
{
    [Fact]
    public void Names_each_foreign_topic_once() => Assert.Equal(
        ["a", "c"],
        AssignmentCheck.ForeignTopics("b", [new("c", 0), new("b", 0), new("a", 1), new("c", 2)]));

    [Fact]
    public void An_assignment_of_the_configured_topic_has_no_foreign_topic() =>
        Assert.Empty(AssignmentCheck.ForeignTopics("b", [new("b", 0), new("b", 7)]));

    [Fact]
    public void Topics_that_differ_only_in_case_are_different() =>
        Assert.Equal(["B"], AssignmentCheck.ForeignTopics("b", [new("B", 0)]));

    [Fact]
    public void Ignores_assigned_partitions_of_another_topic() => Assert.Equal(
        [0, 3],
        AssignmentCheck.Uncovered("b", [3, 2, 1, 0], [new TopicPartition("b", 1), new TopicPartition("b", 2), new TopicPartition("a", 0)]));
}

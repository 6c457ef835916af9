using HnmStreams.Data.Records;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Leases;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Learner;

public class RestartBudgetTests
{
    private static readonly Exception Passing = new InvalidOperationException("a part failed", new TimeoutException());

    [Fact]
    public void So_often_in_so_long_and_no_more()
    {
        var time = new FakeTimeProvider();
        var budget = new RestartBudget(2, TimeSpan.FromMinutes(10), acceptsRecreatedTopic: false, time);
        Assert.True(budget.TryTake(Passing));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.True(budget.TryTake(Passing));
        Assert.False(budget.TryTake(Passing));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(budget.TryTake(Passing));
    }

    public static TheoryData<Exception> Lasting { get; } =
    [
        new SupersededException("taken"), new ShapeMismatchException("network"), new DeadLetterException(3, "t", "no topic"), new InvalidDataException("no"),
    ];

    [Theory]
    [MemberData(nameof(Lasting))]
    public void What_would_only_fail_again_is_left_to_a_person(Exception error)
    {
        var budget = new RestartBudget(9, TimeSpan.FromMinutes(1), acceptsRecreatedTopic: true, TimeProvider.System);
        Assert.False(budget.TryTake(new InvalidOperationException("outer", error)));
        Assert.False(budget.TryTake(null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_topic_is_gone_on_with_only_where_that_was_asked_for(bool accepts) =>
        Assert.Equal(accepts, new RestartBudget(9, TimeSpan.FromMinutes(1), accepts, TimeProvider.System).TryTake(new StalePositionException("went back")));
}

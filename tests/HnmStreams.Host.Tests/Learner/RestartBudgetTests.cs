using HnmStreams.Data.Records;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Leases;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Learner;

public class RestartBudgetTests
{
    private static readonly Exception Transient = new InvalidOperationException("a part failed", new TimeoutException());

    [Fact]
    public void Allows_a_number_of_restarts_per_window()
    {
        var time = new FakeTimeProvider();
        var budget = new RestartBudget(2, TimeSpan.FromMinutes(10), acceptsRecreatedTopic: false, time);
        Assert.True(budget.TryTake(Transient));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.True(budget.TryTake(Transient));
        Assert.False(budget.TryTake(Transient));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(budget.TryTake(Transient));
    }

    public static TheoryData<Exception> Permanent { get; } =
    [
        new SupersededException("taken"), new IncompatibleSettingsException("network"), new DeadLetterException(3, "t", "no topic"), new InvalidDataException("no"),
    ];

    [Theory]
    [MemberData(nameof(Permanent))]
    public void Refuses_a_restart_that_would_fail_again(Exception error)
    {
        var budget = new RestartBudget(9, TimeSpan.FromMinutes(1), acceptsRecreatedTopic: true, TimeProvider.System);
        Assert.False(budget.TryTake(new InvalidOperationException("outer", error)));
        Assert.False(budget.TryTake(null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restarts_after_a_recreated_topic_only_if_configured(bool accepts) =>
        Assert.Equal(accepts, new RestartBudget(9, TimeSpan.FromMinutes(1), accepts, TimeProvider.System).TryTake(new StalePositionException("went back")));
}

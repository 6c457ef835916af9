using HnmStreams.Data.Records;
using HnmStreams.Host.Intake;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.DeadLetters;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Intake;

public sealed class RejectionGuardTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecentDeadLetters _deadLetters;
    private PipelineStatus _status = Status(consumed: 50, rejected: 5_000);

    public RejectionGuardTests() => _deadLetters = new RecentDeadLetters(new RunStates.NullDeadLetterSink(), _time);

    [Fact(Timeout = 60_000)]
    public async Task Ends_a_run_in_which_nearly_everything_is_rejected()
    {
        var running = Guard().RunAsync(TestContext.Current.CancellationToken);
        Reject(3, "malformed", "bytes");
        Reject(7, "wrong-target", "The target must be a label.");
        _status = Status(consumed: 50, rejected: 5_999);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);

        _status = Status(consumed: 51, rejected: 5_999);
        _time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<TooManyRejectionsException>(() => running);

        Assert.Equal("999 of 1000 records rejected: wrong-target, for example id-0 (The target must be a label).", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Continues_below_the_share()
    {
        using var stop = new CancellationTokenSource();
        var running = Guard().RunAsync(stop.Token);
        _status = Status(consumed: 150, rejected: 6_900);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await running;
    }

    [Fact]
    public void A_short_run_fails_only_if_every_record_was_rejected()
    {
        var guard = Guard();
        guard.ThrowIfAllRejected();
        _status = Status(consumed: 51, rejected: 5_009);
        guard.ThrowIfAllRejected();
        _status = Status(consumed: 50, rejected: 5_009);
        Assert.Equal("9 of 9 records rejected.", Assert.Throws<TooManyRejectionsException>(guard.ThrowIfAllRejected).Message);
    }

    private RejectionGuard Guard() => new(0.95, 1_000, _deadLetters, () => Volatile.Read(ref _status), _time);

    private void Reject(int count, string reason, string detail)
    {
        for (var i = 0; i < count; i++)
            _deadLetters.Write(new DeadLetter(new Origin("t", 0, i), reason, detail, null, null) { Id = $"id-{i}" });
    }

    private static PipelineStatus Status(long consumed, long rejected) => RunStates.StatusWith(StreamCounters.Zero with { Consumed = consumed, DeadLettered = rejected });
}

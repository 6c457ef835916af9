using HnmStreams.Host.Learner;

namespace HnmStreams.Host.Tests.Learner;

public class RunResultTests
{
    [Fact]
    public async Task Each_outcome_has_its_exit_code()
    {
        using var interruption = new CancellationTokenSource();
        Assert.Equal(0, (await RunResult.OfAsync(() => Task.FromResult(RunOutcome.Completed), interruption.Token)).ExitCode);
        Assert.Equal(0, (await RunResult.OfAsync(() => Task.FromResult(RunOutcome.Stopped), interruption.Token)).ExitCode);

        var failed = await RunResult.OfAsync(() => throw new InvalidOperationException("x"), interruption.Token);
        Assert.Equal((RunOutcome.Failed, 1, "x"), (failed.Outcome, failed.ExitCode, failed.Error?.Message));

        var never = new TaskCompletionSource<RunOutcome>();
        var waiting = RunResult.OfAsync(() => never.Task, interruption.Token);
        Assert.False(waiting.IsCompleted);
        await interruption.CancelAsync();
        var interrupted = await waiting;
        Assert.Equal((RunOutcome.Interrupted, 130), (interrupted.Outcome, interrupted.ExitCode));
    }

    [Fact]
    public void Lost_dead_letters_make_a_run_fail()
    {
        Assert.Equal(1, new RunResult(RunOutcome.Stopped, DeadLettersLost: 1).ExitCode);
        Assert.Equal(130, new RunResult(RunOutcome.Interrupted, DeadLettersLost: 1).ExitCode);
    }

    [Fact]
    public async Task An_unrequested_cancellation_is_a_failure()
    {
        var result = await RunResult.OfAsync(() => throw new OperationCanceledException("inside"), CancellationToken.None);
        Assert.Equal(RunOutcome.Failed, result.Outcome);
    }
}

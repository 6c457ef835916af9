using HnmStreams.Testing.Learner;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Monitoring;

public sealed class LearnerViewTests
{
    [Fact]
    public void The_clock_runs_from_the_start_of_the_learner_to_the_end_of_the_run()
    {
        var time = new FakeTimeProvider();
        var view = new LearnerView(time);
        time.Advance(TimeSpan.FromSeconds(7));
        view.Attach(
            RunStates.Description,
            new LearnerSources(
                () => RunStates.Status,
                () => RunStates.Consumer,
                new CannedQuestions(),
                _ => throw new NotSupportedException(),
                RunStates.Gate(),
                new RunStates.TextRows(),
                new RecentDeadLetters(new RunStates.NullDeadLetterSink(), time)));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), view.Snapshot().Elapsed);
        view.Enter(RunPhase.Draining);
        time.Advance(TimeSpan.FromSeconds(1));
        view.Enter(RunPhase.Stopped);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.FromSeconds(4), view.Snapshot().Elapsed);
    }
}

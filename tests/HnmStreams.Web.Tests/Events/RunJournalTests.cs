using HnmStreams.Configuration;
using HnmStreams.Pipeline;
using HnmStreams.Testing;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Events;

public sealed class RunJournalTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void The_history_and_the_events_continue_and_changed_settings_are_named()
    {
        using var folder = new TemporaryFolder();
        var (first, history) = NewJournal();
        first.Open(folder.Path, [new ShownSetting("run.for", "10s", "defaults"), new ShownSetting("data.path", null, "defaults")], () => true);
        first.Begin();
        history.Record();
        first.End(failed: false, "The run is completed.");

        _time.Advance(TimeSpan.FromMinutes(1));
        var (second, continued) = NewJournal();
        second.Open(folder.Path, [new ShownSetting("run.for", "20s", "file"), new ShownSetting("data.path", null, "defaults"), new ShownSetting("new.setting", "1", "defaults")], () => true);
        second.Continue("1.2", 7);
        continued.Record();
        Assert.Equal([TimeSpan.FromMinutes(1)], continued.Points.Zip(continued.Points.Skip(1), (a, b) => b.At - a.At));
        Assert.Equal(
            ["The learner starts with new weights.", "The run is completed.", "run.for is '20s'. In the previous run it was '10s'.", "The learner continues from checkpoint 1.2."],
            second.Events.Newest(10).Reverse().Select(e => e.Text));
        Assert.Equal("run.for", second.Events.Newest(10)[1].Subject);

        second.Begin();
        Assert.Empty(continued.Points);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"stride\":0,\"whole\":[],\"recent\":[]}")]
    [InlineData("{\"stride\":1}")]
    public void A_damaged_history_is_not_used(string content)
    {
        using var folder = new TemporaryFolder().With(HistoryFile.Name, content).With(SettingsFile.Name, content);
        var (journal, history) = NewJournal();
        journal.Open(folder.Path, [], () => true);
        Assert.Empty(history.Points);
        history.Record();
        history.Save();
        Assert.Single(new HistoryFile(folder.Path, () => true).Load()!.Whole);
    }

    [Fact]
    public void A_verdict_is_logged_once_it_has_lasted()
    {
        var (view, events) = (RunStates.View(_time), new EventLog(_time, NullLogger<EventLog>.Instance));
        using var history = new RunHistory(view, _time, NullLogger<RunHistory>.Instance);
        using var recorder = new EventRecorder(view, history, events, _time);
        recorder.Observe();
        Assert.Empty(events.Newest(10));
        for (var second = 0; second < 30; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            recorder.Observe();
        }

        var logged = Assert.Single(events.Newest(10));
        Assert.Equal((RunEventKind.Verdict, view.Snapshot().At.AddSeconds(-15)), (logged.Kind, logged.At));
    }

    [Fact]
    public void Changes_of_the_learner_are_logged_as_they_appear()
    {
        PipelineStatus status = RunStates.Status;
        var view = new LearnerView(_time);
        view.Attach(RunStates.Description, new LearnerSources(() => status, () => RunStates.Consumer, new CannedQuestions(), _ => Task.FromResult(status.Checkpoint), RunStates.Gate(), new RunStates.TextRows()));
        var events = new EventLog(_time, NullLogger<EventLog>.Instance);
        using var history = new RunHistory(view, _time, NullLogger<RunHistory>.Instance);
        using var recorder = new EventRecorder(view, history, events, _time);
        recorder.Observe();
        status = status with { MiningBudget = RunStates.MiningBudget };
        recorder.Observe();
        recorder.Observe();
        Assert.Equal(RunEventKind.Budget, Assert.Single(events.Newest(10)).Kind);
    }

    private (RunJournal Journal, RunHistory History) NewJournal()
    {
        var view = RunStates.View(_time);
        var history = new RunHistory(view, _time, NullLogger<RunHistory>.Instance);
        var events = new EventLog(_time, NullLogger<EventLog>.Instance);
        return (new RunJournal(events, new EventRecorder(view, history, events, _time), history, NullLogger<RunJournal>.Instance), history);
    }
}

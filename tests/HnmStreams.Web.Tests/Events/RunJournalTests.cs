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
        first.Begin("/");
        history.Record();
        first.End(failed: false, "The run is completed.");

        _time.Advance(TimeSpan.FromMinutes(1));
        var (second, continued) = NewJournal();
        second.Open(folder.Path, [new ShownSetting("run.for", "20s", "file"), new ShownSetting("data.path", null, "defaults"), new ShownSetting("new.setting", "1", "defaults")], () => true);
        second.Continue("1.2", 7, "/");
        continued.Record();
        Assert.Equal([TimeSpan.FromMinutes(1)], continued.Points.Zip(continued.Points.Skip(1), (a, b) => b.At - a.At));
        Assert.Equal(
            ["The learner starts with new weights.", "The run is completed.", "run.for is '20s'. In the previous run it was '10s'.", "The learner continues from checkpoint 1.2."],
            second.Events.Newest(10).Reverse().Select(e => e.Text));
        Assert.Equal("run.for", second.Events.Newest(10)[1].Subject);

        second.Begin("/");
        Assert.Empty(continued.Points);
    }

    [Theory]
    [InlineData("synthetic.seed", "2", "/", 1)]
    [InlineData("pipeline.mix.hardShare", "0.25", "/", 1)]
    [InlineData("synthetic.seed", "1", "cluster/topic", 1)]
    [InlineData("run.for", "1h", "/", 2)]
    [InlineData("synthetic.seed", "1", "/", 2)]
    public void Points_of_other_data_or_learning_settings_are_drawn_but_not_compared(string path, string value, string stream, int comparable)
    {
        using var folder = new TemporaryFolder();
        List<ShownSetting> settings = [new("synthetic.seed", "1", "defaults"), new("pipeline.mix.hardShare", null, "defaults"), new("run.for", null, "defaults")];
        var (first, history) = NewJournal();
        first.Open(folder.Path, settings, () => true);
        first.Begin("/");
        history.Record();
        first.End(failed: false, "The run is completed.");

        _time.Advance(TimeSpan.FromMinutes(1));
        settings[settings.FindIndex(s => s.Path == path)] = new ShownSetting(path, value, "command line");
        var (second, continued) = NewJournal();
        second.Open(folder.Path, settings, () => true);
        second.Continue("1.2", 7, stream);
        continued.Record();
        Assert.Equal(2, continued.Points.Count);
        Assert.Equal(comparable, continued.ComparablePoints.Count);
        Assert.Equal(comparable == 1, second.Events.Newest(10).Any(e => e.Kind == RunEventKind.DataChange));
        second.End(failed: false, "The run is completed.");

        // A third run with the same data continues the comparison of the second.
        _time.Advance(TimeSpan.FromMinutes(1));
        var (third, again) = NewJournal();
        third.Open(folder.Path, settings, () => true);
        third.Continue("1.3", 8, stream);
        again.Record();
        Assert.Equal((3, comparable + 1), (again.Points.Count, again.ComparablePoints.Count));
        _time.Advance(TimeSpan.FromSeconds(1));
        third.Continue("1.4", 9, "recreated");
        again.Record();
        Assert.Single(again.ComparablePoints);
    }

    [Fact]
    public void A_history_without_the_identity_of_its_data_is_drawn_but_not_compared()
    {
        using var folder = new TemporaryFolder();
        var (first, history) = NewJournal();
        history.Record();
        new HistoryFile(folder.Path, () => true).Save(new StoredHistory(1, history.Points, history.Points));
        _time.Advance(TimeSpan.FromMinutes(1));
        first.Open(folder.Path, [], () => true);
        first.Continue("1.2", 7, "/");
        Assert.Equal((1, 0), (history.Points.Count, history.ComparablePoints.Count));
        Assert.DoesNotContain(first.Events.Newest(10), e => e.Kind == RunEventKind.DataChange);
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

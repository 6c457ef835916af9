using HnmStreams.Testing;
using HnmStreams.Web.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Events;

public sealed class EventLogTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Events_continue_after_a_restart_with_those_of_the_start_behind_the_stored_ones()
    {
        using var folder = new TemporaryFolder();
        var first = Open(folder);
        first.Add(RunEventKind.Promotion, "Version 7 is promoted.", modelVersion: 7);
        first.Add(RunEventKind.Paused, "The intake is paused.", RunEventActor.Page);

        var second = new EventLog(_time, NullLogger<EventLog>.Instance);
        second.Add(RunEventKind.Verdict, "Before the folder is open.");
        second.Open(new EventFile(folder.Path, () => true));
        Assert.Equal([3L, 2, 1], second.Newest(10).Select(e => e.Id));
        Assert.Equal(new RunEvent(1, _time.GetUtcNow(), RunEventKind.Promotion, "Version 7 is promoted.", RunEventActor.Learner, 7), second.Newest(10)[^1]);
        Assert.Equal(3, Open(folder).Newest(10).Count);
    }

    [Fact]
    public void An_incomplete_or_damaged_line_is_skipped()
    {
        using var folder = new TemporaryFolder();
        Open(folder).Add(RunEventKind.Paused, "one");
        File.AppendAllText(folder[EventFile.Name], "not JSON\n{\"id\":9,\"at\":\"2026-01-0");
        var log = Open(folder);
        log.Add(RunEventKind.Resumed, "two");
        Assert.Equal(["two", "one"], Open(folder).Newest(10).Select(e => e.Text));
    }

    [Fact]
    public void Memory_and_file_are_bounded()
    {
        using var folder = new TemporaryFolder();
        var log = Open(folder);
        for (var i = 0; i < (2 * EventFile.Kept) + 5; i++)
            log.Add(RunEventKind.Budget, new string('x', EventLog.MaxTextLength + 1));
        Assert.Equal(EventLog.Capacity, log.Newest(int.MaxValue).Count);
        Assert.InRange(File.ReadLines(folder[EventFile.Name]).Count(), EventFile.Kept, EventFile.Kept + 10);
        Assert.All(log.Newest(3), e => Assert.Equal(EventLog.MaxTextLength, e.Text.Length));
        Assert.Equal(log.Newest(10), Open(folder).Newest(10));
    }

    [Fact]
    public void A_process_without_the_lease_does_not_write()
    {
        using var folder = new TemporaryFolder();
        var log = new EventLog(_time, NullLogger<EventLog>.Instance);
        log.Open(new EventFile(folder.Path, () => false));
        log.Add(RunEventKind.Paused, "one");
        Assert.Single(log.Newest(10));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Pages_and_kinds_can_be_selected()
    {
        using var folder = new TemporaryFolder();
        var log = Open(folder);
        foreach (var kind in (RunEventKind[])[RunEventKind.Paused, RunEventKind.Resumed, RunEventKind.Paused])
            log.Add(kind, "text");
        Assert.Equal([3L], log.Newest(1).Select(e => e.Id));
        Assert.Equal([2L, 1], log.Newest(5, before: 3).Select(e => e.Id));
        Assert.Equal([3L, 1], log.Newest(5, kind: RunEventKind.Paused).Select(e => e.Id));
    }

    private EventLog Open(TemporaryFolder folder)
    {
        var log = new EventLog(_time, NullLogger<EventLog>.Instance);
        log.Open(new EventFile(folder.Path, () => true));
        return log;
    }
}

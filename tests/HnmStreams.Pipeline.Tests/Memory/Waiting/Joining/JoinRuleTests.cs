using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting.Joining;

public sealed class JoinRuleTests
{
    private static readonly JoinRule Rule = new(timeout: 100, corrections: 50, presumesNegative: true, negativeClass: 0);

    [Fact]
    public void A_label_after_its_input_joins_once()
    {
        var waiting = Rule.Decide(default, Input(1, now: 10));
        Assert.Equal((JoinAction.InputWaits, 110L), (waiting.Action, waiting.Next.Deadline));
        var joined = Rule.Decide(waiting.Next, Label(1, time: 5, now: 20));
        Assert.Equal((JoinAction.Joined, WaitingState.Joined, 70L), (joined.Action, joined.Next.State, joined.Next.Deadline));
        Assert.Equal(JoinAction.LabelRepeated, Rule.Decide(joined.Next, Label(1, time: 5, now: 21)).Action);
        Assert.Equal(JoinAction.LabelStale, Rule.Decide(joined.Next, Label(0, time: 4, now: 21)).Action);
        Assert.Equal(JoinAction.Corrected, Rule.Decide(joined.Next, Label(0, time: 5, now: 21)).Action);
        Assert.Equal(JoinAction.Corrected, Rule.Decide(joined.Next, Label(1, time: 5, now: 21, weight: 2)).Action);
        Assert.Equal(JoinAction.InputRepeated, Rule.Decide(joined.Next, Input(1, now: 21)).Action);
        Assert.Equal(JoinAction.Corrected, Rule.Decide(joined.Next, Input(2, now: 21)).Action);
    }

    [Fact]
    public void A_label_before_its_input_joins_on_arrival_with_the_newest_label()
    {
        var first = Rule.Decide(default, Label(1, time: 5, now: 10));
        Assert.Equal(JoinAction.LabelWaits, first.Action);
        var newer = Rule.Decide(first.Next, Label(0, time: 9, now: 11));
        Assert.Equal(JoinAction.LabelStale, Rule.Decide(newer.Next, Label(1, time: 7, now: 12)).Action);
        var joined = Rule.Decide(newer.Next, Input(1, now: 20));
        Assert.Equal((JoinAction.Joined, 0), (joined.Action, joined.Next.Label.Class));
    }

    [Fact]
    public void A_repeated_label_moves_the_time_against_which_others_are_stale()
    {
        var joined = Rule.Decide(Rule.Decide(default, Input(1, now: 0)).Next, Label(1, time: 5, now: 1));
        var repeated = Rule.Decide(joined.Next, Label(1, time: 9, now: 2));
        Assert.Equal(JoinAction.LabelRepeated, repeated.Action);
        Assert.Equal(JoinAction.LabelStale, Rule.Decide(repeated.Next, Label(0, time: 7, now: 3)).Action);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_label_confirms_or_corrects_a_presumption_at_any_time(int label, bool confirms)
    {
        var expected = confirms ? JoinAction.Confirmed : JoinAction.Corrected;
        var presumed = Rule.Decide(Rule.Decide(default, Input(1, now: 0)).Next, new JoinEvent(JoinEventKind.Timeout, 100, default, default));
        Assert.Equal((JoinAction.Presumed, WaitingState.Presumed, 150L), (presumed.Action, presumed.Next.State, presumed.Next.Deadline));
        var labeled = Rule.Decide(presumed.Next, Label(label, time: -1, now: 110));
        Assert.Equal((expected, WaitingState.Joined, 160L), (labeled.Action, labeled.Next.State, labeled.Next.Deadline));
    }

    [Fact]
    public void A_full_store_presumes_nothing()
    {
        var waiting = Rule.Decide(default, Input(1, now: 0)).Next;
        var evicted = Rule.Decide(waiting, new JoinEvent(JoinEventKind.Eviction, 5, default, default));
        Assert.Equal((JoinAction.Dropped, WaitingState.Absent), (evicted.Action, evicted.Next.State));
    }

    [Fact]
    public void A_deadline_does_not_overflow() =>
        Assert.Equal(long.MaxValue, Rule.Decide(default, Input(1, now: long.MaxValue - 5)).Next.Deadline);

    private static JoinEvent Input(ulong hash, long now) => new(JoinEventKind.Input, now, new InputMark(now + 1, hash, 10, now), default);

    private static JoinEvent Label(int label, long time, long now, float weight = 1) => new(JoinEventKind.Label, now, default, new LabelMark(label, weight, time, now));
}

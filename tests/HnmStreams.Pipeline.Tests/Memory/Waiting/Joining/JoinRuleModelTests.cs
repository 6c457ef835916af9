using CsCheck;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting.Joining;

/// <summary>Compares the rule alone with the naive model, over many more events than the store could take.</summary>
public sealed class JoinRuleModelTests
{
    private static readonly Gen<(JoinEventKind Kind, int Input, int Label, int Time, int Wait)> Events = Gen.Select(
        Gen.Frequency(
            (5, Gen.Const(JoinEventKind.Input)), (5, Gen.Const(JoinEventKind.Label)), (2, Gen.Const(JoinEventKind.Example)), (1, Gen.Const(JoinEventKind.Tombstone)), (2, Gen.Const(JoinEventKind.Timeout))),
        Gen.Int[1, 3],
        Gen.Int[0, 2],
        Gen.Int[0, 9],
        Gen.Int[0, 25]);

    [Theory]
    [InlineData(true, 20, 30)]
    [InlineData(false, 20, 30)]
    [InlineData(true, 30, 0)]
    public void Agrees_with_a_naive_model_over_random_events_of_one_id(bool presumes, int timeout, int corrections) =>
        Events.List[1, 60].Sample(events => Run(events, presumes, timeout, corrections), iter: 20_000);

    private static void Run(IReadOnlyList<(JoinEventKind Kind, int Input, int Label, int Time, int Wait)> events, bool presumes, int timeout, int corrections)
    {
        const string id = "a";
        var rule = new JoinRule(timeout, corrections, presumes, WaitingFixture.Negative);
        var model = new JoinModel(timeout, corrections, presumes, WaitingFixture.Negative);
        var record = default(WaitingRecord);
        var now = 0L;
        foreach (var (kind, input, label, time, wait) in events)
        {
            if (kind == JoinEventKind.Timeout)
                now += wait;
            // As the store does, before anything else happens at this time.
            Check(model.Expire(now), record.State != WaitingState.Absent && record.Deadline <= now ? JoinEventKind.Timeout : null, default, default);
            if (kind != JoinEventKind.Timeout)
                Check(Expected(kind, input, label, time), kind, new InputMark(0, (ulong)input, 4, now), new LabelMark(label, 1, time, now));
        }

        IEnumerable<Told> Expected(JoinEventKind kind, int input, int label, int time) => kind switch
        {
            JoinEventKind.Input => model.Input(id, input, now),
            JoinEventKind.Label => model.Label(id, label, time, now),
            JoinEventKind.Example => model.Both(id, input, label, time, now),
            _ => model.Tombstone(id),
        };

        void Check(IEnumerable<Told> expected, JoinEventKind? kind, InputMark input, LabelMark label)
        {
            var told = expected.ToArray();
            if (kind is null)
            {
                Assert.Empty(told);
                return;
            }

            var before = record;
            var decision = rule.Decide(record, new JoinEvent(kind.Value, now, input, label));
            record = decision.Next;
            Assert.Equal(told.SingleOrDefault()?.Kind.ToString(), Named(decision.Action));
            if (told is not [{ Input: >= 0 } lesson])
                return;
            Assert.Equal((lesson.Input, lesson.Label), ((int)record.Input.Hash, record.Label.Class));
            Assert.Equal(lesson.WasPresumed, before.State == WaitingState.Presumed);
        }
    }

    private static string? Named(JoinAction action) => Enum.TryParse<WaitingResultKind>(action.ToString(), out var kind) ? kind.ToString() : null;
}

using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting;

/// <summary>Compares the store with a naive model over random events, with checkpoints and restarts at random moments.</summary>
public sealed class WaitingStoreModelTests
{
    private enum Do
    {
        Input,
        Label,
        Both,
        Tombstone,
        Apply,
        Advance,
        SaveAndRestart,
    }

    // Few ids, inputs, labels and times, so that all of them meet.
    private static readonly Gen<(Do Step, int Id, int Input, int Label, int Time)> Steps = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Do.Input)), (8, Gen.Const(Do.Label)), (2, Gen.Const(Do.Both)), (1, Gen.Const(Do.Tombstone)), (3, Gen.Const(Do.Apply)), (3, Gen.Const(Do.Advance)), (1, Gen.Const(Do.SaveAndRestart))),
        Gen.Int[0, 5],
        Gen.Int[1, 3],
        Gen.Int[0, 2],
        Gen.Int[0, 20]);

    [Theory]
    [InlineData(NoLabelPolicy.Drop, 20, 30)]
    [InlineData(NoLabelPolicy.PresumeNegative, 20, 30)]
    [InlineData(NoLabelPolicy.PresumeNegative, 30, 0)]
    public void Agrees_with_a_naive_model_over_random_events_and_restarts(NoLabelPolicy policy, int timeout, int corrections) =>
        Steps.List[1, 120].Sample(steps => Run(steps, policy, timeout, corrections), iter: 6, threads: 1);

    private static void Run(IReadOnlyList<(Do Step, int Id, int Input, int Label, int Time)> steps, NoLabelPolicy policy, int timeout, int corrections)
    {
        using var fixture = new WaitingFixture(new WaitingOptions
        {
            WhenNoLabel = policy,
            Timeout = TimeSpan.FromSeconds(timeout),
            Corrections = TimeSpan.FromSeconds(corrections),
            WriteBufferBytes = 1 << 20,
            CacheBytes = 8 << 20,
        });
        var model = new JoinModel(timeout, corrections, policy == NoLabelPolicy.PresumeNegative, WaitingFixture.Negative);
        var expected = new List<Told>();
        var now = 0L;
        foreach (var (step, number, input, label, time) in steps)
        {
            var id = $"tx-{number}";
            switch (step)
            {
                case Do.Input:
                    fixture.AddInput(id, input);
                    expected.AddRange(model.Input(id, input, now));
                    break;
                case Do.Label:
                    fixture.AddLabel(id, label, time);
                    expected.AddRange(model.Label(id, label, time, now));
                    break;
                case Do.Both:
                    fixture.AddExample(id, input, label, time);
                    expected.AddRange(model.Both(id, input, label, time, now));
                    break;
                case Do.Tombstone:
                    fixture.AddTombstone(id);
                    expected.AddRange(model.Tombstone(id));
                    break;
                default:
                    AssertSame(expected, fixture.Apply(now));
                    expected.Clear();
                    break;
            }

            if (step == Do.Advance)
            {
                now += time;
                AssertSame(Sorted(model.Expire(now)), Sorted(fixture.Expire(now)), isSorted: true);
            }
            else if (step == Do.SaveAndRestart)
            {
                fixture.Save();
                fixture.Restart();
            }

            Assert.All(model.FirstLessons.Values, times => Assert.Equal(1, times));
        }

        AssertSame(expected, fixture.Apply(now));
        Assert.Equal(model.Count, fixture.Store.Status.Count);
        now += timeout + corrections + 1;
        AssertSame(Sorted(model.Expire(now)), Sorted(fixture.Expire(now)), isSorted: true);
        model.Expire(now + corrections);
        fixture.Expire(now + corrections);
        Assert.Equal(0, fixture.Store.Status.Count);
        Assert.Equal(0, fixture.Store.Status.Bytes);
        Assert.Equal(0, model.Count);
    }

    private static IReadOnlyList<Told> Sorted(IEnumerable<Told> told) =>
        [.. told.Select(t => t.Id.Length == 32 ? t : t with { Id = ExampleKey.Of(t.Id).ToString() }).OrderBy(t => t.Id, StringComparer.Ordinal)];

    private static void AssertSame(IEnumerable<Told> expected, IEnumerable<Told> actual, bool isSorted = false) =>
        Assert.Equal(isSorted ? expected : expected.Select(t => t with { Id = ExampleKey.Of(t.Id).ToString() }), actual);
}

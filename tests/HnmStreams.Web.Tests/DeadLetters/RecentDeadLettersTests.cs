using HnmStreams.Data.Records;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Web.Tests.DeadLetters;

public sealed class RecentDeadLettersTests
{
    private readonly RecentDeadLetters _deadLetters = new(new RunStates.NullDeadLetterSink(), TimeProvider.System);

    [Fact]
    public void Only_previews_remain_of_the_oldest_if_the_values_are_large()
    {
        const int size = 1024 * 1024;
        var value = new byte[size];
        for (var i = 0; i < 20; i++)
            _deadLetters.Write(new DeadLetter(new Origin("t", 0, i), "malformed", "", [1], value));
        var recent = _deadLetters.Snapshot().Recent;
        Assert.Equal(20, recent.Count);
        Assert.InRange(recent.Sum(l => l.StoredLength), RecentDeadLetters.MaxBytes - size, RecentDeadLetters.MaxBytes);
        Assert.True(recent[0].Value!.IsWhole);
        Assert.False(recent[^1].Value!.IsWhole);
        Assert.All(recent, l => Assert.Equal(size, l.Value!.Length));
    }

    [Fact]
    public void The_newest_of_two_with_the_same_position_is_found()
    {
        _deadLetters.Write(new DeadLetter(new Origin("t", 1, 5), "malformed", "first", null, null));
        _deadLetters.Write(new DeadLetter(new Origin("t", 1, 5), "malformed", "again", null, null));
        Assert.Equal("again", _deadLetters.Find("1-5")!.Detail);
        Assert.Null(_deadLetters.Find("1-6"));
    }

    [Fact]
    public void A_dead_letter_that_has_left_is_not_found()
    {
        for (var i = 0; i <= RecentDeadLetters.Capacity; i++)
            _deadLetters.Write(new DeadLetter(new Origin("t", 0, i), "malformed", "", null, [1]));
        Assert.Null(_deadLetters.Find("0-0"));
        Assert.Equal(RecentDeadLetters.Capacity, _deadLetters.Snapshot().Recent.Sum(l => l.StoredLength));
    }
}


using HnmStreams.Data.Wire.Fields;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Tests.Wire.Fields;

public sealed class FieldTimesTests
{
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero).AddTicks(1_234_560);

    [Fact]
    public void Converts_every_unit()
    {
        var micros = (Time - DateTimeOffset.UnixEpoch).Ticks / 10;
        Assert.Equal(Time, Convert(FieldValue.Of(micros, FieldUnit.Microseconds), FieldUnit.Seconds));
        Assert.Equal(Time, Convert(FieldValue.Of(micros), FieldUnit.Microseconds));
        Assert.Equal(Time, Convert(FieldValue.Of(micros * 1000, FieldUnit.Nanoseconds), FieldUnit.None));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, 123, TimeSpan.Zero), Convert(FieldValue.Of(micros / 1000), FieldUnit.Milliseconds));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), Convert(FieldValue.Of(20_780, FieldUnit.Days), FieldUnit.Seconds));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1.5), Convert(FieldValue.Of(1.5), FieldUnit.Seconds));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-1), Convert(FieldValue.Of(-1L), FieldUnit.Seconds));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), Convert(FieldValue.OfText("2026-11-23T10:00:00+01:00"), FieldUnit.Seconds));
    }

    [Fact]
    public void Rejects_times_out_of_range_and_other_values()
    {
        foreach (var value in new[] { FieldValue.Of(long.MaxValue), FieldValue.Of(long.MinValue), FieldValue.Of(double.NaN), FieldValue.Of(1e300), FieldValue.OfText("01/02/2026"), FieldValue.OfText(new string('1', 100)), FieldValue.Of(true), FieldValue.Null })
        {
            foreach (var unit in new[] { FieldUnit.Seconds, FieldUnit.Milliseconds })
                Assert.False(FieldTimes.TryConvert(value, unit, out _));
        }
    }

    private static DateTimeOffset Convert(FieldValue value, FieldUnit unit)
    {
        Assert.True(FieldTimes.TryConvert(value, unit, out var time));
        return time;
    }
}

using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tests.Supervision;

namespace HnmStreams.Pipeline.Tests.Scoring;

/// <summary>Tests of the distribution of the time from arrival to prediction.</summary>
public sealed class PredictionLatencyTests
{
    private readonly ManualClock _time = new();
    private readonly PredictionLatency _latency;

    public PredictionLatencyTests() => _latency = new PredictionLatency(_time);

    [Fact]
    public void Percentiles_are_exact_up_to_one_percent()
    {
        Assert.Null(_latency.Status);
        for (var milliseconds = 1; milliseconds <= 1_000; milliseconds++)
            _latency.Record(TimeSpan.FromMilliseconds(milliseconds), 3);
        var total = _latency.Status!.Total;
        Assert.Equal(3_000, total.Count);
        Assert.Equal(0.5, total.P50, tolerance: 0.005);
        Assert.Equal(0.95, total.P95, tolerance: 0.0095);
        Assert.Equal(0.99, total.P99, tolerance: 0.0099);
        Assert.Equal(1, total.Max, tolerance: 0.01);
    }

    [Fact]
    public void Each_example_counts_from_the_read_of_its_own_chunk()
    {
        using var batch = new ExampleBatch(0, 8);
        batch.UnlabeledReadTimes.Add(new ReadTime(0, 100));
        _time.Advance(TimeSpan.FromSeconds(1));
        batch.UnlabeledReadTimes.Add(new ReadTime(_time.GetTimestamp(), 98));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        batch.UnlabeledReadTimes.Add(new ReadTime(_time.GetTimestamp(), 2));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _latency.Record(batch);
        var total = _latency.Status!.Total;
        Assert.Equal(100, total.Count);
        Assert.Equal(0.3, total.P50, tolerance: 0.003);
        Assert.Equal(0.3, total.Max, tolerance: 0.003);
    }

    [Fact]
    public void Recent_percentiles_forget_what_is_older_than_two_minutes()
    {
        _latency.Record(TimeSpan.FromSeconds(9), 10);
        _time.Advance(TimeSpan.FromSeconds(61));
        _latency.Record(TimeSpan.FromSeconds(1), 10);
        Assert.Equal(20, _latency.Status!.Recent!.Count);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, _latency.Status!.Recent!.Max, tolerance: 0.01);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(_latency.Status!.Recent);
        Assert.Equal(9, _latency.Status!.Total.Max, tolerance: 0.09);
    }
}

using HnmStreams.Web.Tracing;

namespace HnmStreams.Web.Tests.Tracing;

public sealed class TraceStoreTests
{
    [Fact]
    public void A_trace_tells_what_became_of_its_record()
    {
        using var store = new TraceStore(100);
        var trace = store.Find(RecordTrace.Emit("a", 3, 42, "admitted", 11, 12))!;
        Assert.Equal(("a", "t", 3, 42L, "admitted", "the pool has room", 0.5), (trace.Record, trace.Topic, trace.Partition, trace.Offset, trace.Outcome, trace.Reason, trace.Hardness));
        Assert.Equal([11L, 12], trace.Steps);
        Assert.Equal([111L, 112], trace.Versions);
        Assert.Equal(["hnm.consume", "hnm.rank", "hnm.train", "hnm.publish", "hnm.train", "hnm.publish"], trace.Spans.Select(s => s.Name));
    }

    [Fact]
    public void The_oldest_trace_leaves_and_those_with_training_steps_stay_longer()
    {
        using var store = new TraceStore(20);
        var trained = RecordTrace.Emit("trained", 0, 0, "admitted", 1);
        var plain = RecordTrace.Emit("plain", 0, 1, "rejected");
        for (var i = 0; i < 30; i++)
            RecordTrace.Emit($"{i}", 0, i, "rejected");
        Assert.NotNull(store.Find(trained));
        Assert.Null(store.Find(plain));
        Assert.InRange(store.All().Count, 1, 20);
    }

    [Fact]
    public void Traces_with_training_steps_take_half_of_the_room()
    {
        using var store = new TraceStore(10);
        for (var i = 0; i < 30; i++)
            RecordTrace.Emit($"{i}", 0, i, "admitted", 1);
        for (var i = 0; i < 30; i++)
            RecordTrace.Emit($"p{i}", 0, i, "rejected");
        Assert.InRange(store.All().Count(t => t.Steps.Count > 0), 1, 6);
    }

    [Fact]
    public void A_trace_has_a_maximum_number_of_spans()
    {
        using var store = new TraceStore(10);
        var trace = store.Find(RecordTrace.Emit("a", 0, 0, "admitted", [.. Enumerable.Range(0, 100).Select(i => (long)i)]))!;
        Assert.Equal((TraceStore.MaxSpans, 202 - TraceStore.MaxSpans), (trace.Spans.Count, trace.Dropped));
    }

    [Fact]
    public void Without_capacity_nothing_is_kept()
    {
        using var store = new TraceStore(0);
        RecordTrace.Emit("a", 0, 0, "admitted");
        Assert.False(store.IsEnabled);
        Assert.Empty(store.All());
    }

    [Theory]
    [InlineData("a", null, true)]
    [InlineData("b", null, false)]
    [InlineData("3:42", null, true)]
    [InlineData("3:43", null, false)]
    [InlineData("", "admitted", true)]
    [InlineData(null, "rejected", false)]
    [InlineData(" a ", "trained", true)]
    public void A_search_matches_the_key_the_origin_and_the_outcome(string? text, string? outcome, bool matches)
    {
        using var store = new TraceStore(100);
        var trace = store.Find(RecordTrace.Emit("a", 3, 42, "admitted", 1))!;
        Assert.Equal(matches, TraceSearch.Parse(text, outcome).Matches(trace));
    }

    [Fact]
    public void Each_span_is_one_sentence()
    {
        using var store = new TraceStore(100);
        var trace = store.Find(RecordTrace.Emit("a", 3, 42, "admitted", 1_234))!;
        Assert.Equal(
            [
                "read from partition 3, offset 42",
                "admitted: the pool has room (hardness 0.5)",
                "step 1,234: a hard negative from the pool, hardness 0.4 before the step",
                "first contained in model version 1,334",
            ],
            trace.Spans.Select(SpanText.Of));
    }
}

using System.Diagnostics;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Kafka.Tests.Telemetry;

public sealed class ConsumeSpanTests
{
    [Fact]
    public void A_chunk_without_sampled_records_has_no_span()
    {
        using var listener = Listen();

        Assert.Null(ConsumeSpan.Start("topic", 10, []));
    }

    [Fact]
    public void Is_a_child_of_the_first_parent_and_linked_to_at_most_128_others()
    {
        using var listener = Listen();
        var parents = Enumerable.Range(0, 200).Select(_ => Parent()).ToArray();

        using var span = ConsumeSpan.Start("topic", 300, parents);

        Assert.NotNull(span);
        Assert.Equal(parents[0].SpanId, span.ParentSpanId);
        Assert.Equal(parents.Skip(1).Take(128), span.Links.Select(link => link.Context));
        Assert.Equal("topic", span.GetTagItem("messaging.destination.name"));
        Assert.Equal(300, span.GetTagItem("messaging.batch.message_count"));
    }

    private static ActivityContext Parent() =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KafkaInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}

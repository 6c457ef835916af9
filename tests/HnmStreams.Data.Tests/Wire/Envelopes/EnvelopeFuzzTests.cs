using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Testing;

namespace HnmStreams.Data.Tests.Wire.Envelopes;

[Trait("Category", "Fuzz")]
public sealed class EnvelopeFuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261130);

    private static readonly int Records = Mutation.Inputs(10_000);

    // The allowance per record beyond a multiple of its size: the values of a record are bounded by its limits.
    private const int AllocationAllowance = 512 * 1024;

    private static readonly string[] Plain =
    [
        """{"id":17,"label":"yes","features":{"amount":12.5,"country":"DE","new":true,"gone":null,"décimal":"1.5"},"eventTime":"2026-11-23T10:00:00Z","weight":2}""",
        """{"id":"a","target":{"identity":["q1","q2"]},"input":{"tensor":[[1,2,3],[4,5,6]]}}""",
        """{"id":"b","boxes":[{"left":1,"top":2,"right":3,"bottom":4,"label":"cell"}],"image":"iVBORw0KGgoBAgM="}""",
        """{"id":"c","class":3,"tensor":{"type":"float32","shape":[2],"data":"AACAPwAAAEA="}}""",
        """{"id":"d","class":true,"text":"hello \u00e9\n"}""",
    ];

    private static readonly string[] Debezium =
    [
        """{"before":null,"after":{"id":1001,"label":1,"features":{"a":1,"b":"x"}},"source":{"ts_ms":1763892000000},"op":"c"}""",
        """{"before":{"id":1001},"after":null,"op":"d"}""",
        """{"schema":{"type":"struct","fields":[{"field":"after","type":"struct","fields":[{"field":"amount","type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"}},{"field":"eventTime","type":"int64","name":"io.debezium.time.MicroTimestamp"}]}]},"payload":{"after":{"id":1,"label":"x","text":"t","amount":"BNI=","eventTime":1763892000000001},"op":"u"}}""",
    ];

    private static readonly string[] CloudEvents =
    [
        """{"specversion":"1.0","id":"e","source":"/s","type":"t","time":"2026-11-23T10:00:00Z","data":{"id":"a","label":"l","text":"x"}}""",
        """{"specversion":"1.0","id":"e","source":"/s","type":"t","datacontenttype":"application/json","data_base64":"eyJpZCI6ImEiLCJsYWJlbCI6ImwiLCJ0ZXh0IjoieCJ9"}""",
        """{"id":"a","label":"l","features":[{"name":"x","number":1},{"name":"y","category":"c"}]}""",
    ];

    [Theory]
    [InlineData(EnvelopeKind.None)]
    [InlineData(EnvelopeKind.Debezium)]
    [InlineData(EnvelopeKind.CloudEvents)]
    public void Mutated_records_give_a_reason_an_example_or_a_deletion(EnvelopeKind envelope)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var mutation = new Mutation(Seed);
        var decoder = MappedRecords.Decoder(
            static f =>
            {
                f.NumericFeatures = ["décimal"];
                f.Decimals["amount"] = "2";
            },
            envelope);
        byte[][] seeds = [.. (envelope switch { EnvelopeKind.Debezium => Debezium, EnvelopeKind.CloudEvents => CloudEvents, _ => Plain }).Select(Encoding.UTF8.GetBytes)];
        byte[][] keys = ["key"u8.ToArray(), """{"id":17}"""u8.ToArray(), """{"schema":{},"payload":{"id":"x"}}"""u8.ToArray()];
        LabelText.Canonical("e\u0301");
        var (rejected, accepted) = (0, 0);
        var block = Block();
        for (var i = 0; i < Records; i++)
        {
            var value = mutation.Apply(seeds[mutation.Below(seeds.Length)]);
            var key = keys[mutation.Below(keys.Length)];
            if (mutation.Below(4) == 0)
                key = mutation.Apply(key);
            var binary = envelope == EnvelopeKind.CloudEvents && mutation.Below(2) == 0;
            using var records = new RecordChunk(1, value.Length + key.Length + block.Length);
            var record = new RawRecord("t", 0, 0, 0, records.Store(key), records.Store(value), WireFormat.Unknown, 0, default) { Headers = binary ? records.Store(block) : default };
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = decoder.Decode(records, record);
            Check(GC.GetAllocatedBytesForCurrentThread() - before < AllocationAllowance + (64L * (value.Length + key.Length)), value);
            Check((result.Example is null ? 0 : 1) + (result.Deleted is null ? 0 : 1) + (result.Reason is null ? 0 : 1) == 1, value);
            Check(result.Reason is null == result.Detail is null, value);
            if (result.Reason is null)
                accepted++;
            else
                rejected++;
        }

        Assert.True(accepted > Records / 100 && rejected > Records / 10, $"{accepted} accepted, {rejected} rejected");
    }

    private static byte[] Block()
    {
        var buffer = new byte[1024];
        var written = 0;
        foreach (var (name, value) in new[] { ("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/s"), ("ce_type", "t"), ("ce_subject", "s"), ("content-type", "application/json") })
            Assert.True(CapturedHeaders.Append(name, Encoding.UTF8.GetBytes(value), buffer, ref written));
        return buffer[..written];
    }

    // The record is formatted only on failure.
    private static void Check(bool holds, byte[] record)
    {
        if (!holds)
            Assert.Fail(Convert.ToHexString(record));
    }
}

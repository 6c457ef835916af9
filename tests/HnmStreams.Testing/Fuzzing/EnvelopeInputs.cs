using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Data.Wire.Fields;
using Xunit;

namespace HnmStreams.Testing.Fuzzing;

/// <summary>Valid records of the envelopes, which fuzz tests mutate, and the settings that accept them.</summary>
public static class EnvelopeInputs
{
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

    /// <summary>Keys of the records.</summary>
    public static IReadOnlyList<byte[]> Keys { get; } = ["key"u8.ToArray(), """{"id":17}"""u8.ToArray(), """{"schema":{},"payload":{"id":"x"}}"""u8.ToArray()];

    /// <summary>The headers of a CloudEvent in binary mode, as a block of <see cref="CapturedHeaders"/>.</summary>
    public static ReadOnlyMemory<byte> BinaryHeaders { get; } = Headers();

    /// <summary>Returns the values of the envelope.</summary>
    public static IEnumerable<byte[]> Values(EnvelopeKind envelope) =>
        (envelope switch { EnvelopeKind.Debezium => Debezium, EnvelopeKind.CloudEvents => CloudEvents, _ => Plain }).Select(Encoding.UTF8.GetBytes);

    /// <summary>Sets the fields that the records use.</summary>
    public static void Configure(FieldOptions fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        fields.NumericFeatures = ["décimal"];
        fields.Decimals["amount"] = "2";
    }

    /// <summary>Decodes one record.</summary>
    /// <param name="prepared">The data that decoding needs beside the record; see <see cref="RecordChunk.Prepared"/>.</param>
    public static DecodeResult Decode(IRecordDecoder decoder, ReadOnlySpan<byte> value, ReadOnlySpan<byte> key, bool hasBinaryHeaders = false, object? prepared = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        using var records = new RecordChunk(1, value.Length + key.Length + BinaryHeaders.Length) { Prepared = prepared };
        var record = new RawRecord("t", 0, 0, 0, records.Store(key), records.Store(value), WireFormat.Unknown, 0, default)
        {
            Headers = hasBinaryHeaders ? records.Store(BinaryHeaders.Span) : default,
        };
        return decoder.Decode(records, record);
    }

    private static byte[] Headers()
    {
        var buffer = new byte[1024];
        var written = 0;
        foreach (var (name, value) in new[] { ("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/s"), ("ce_type", "t"), ("ce_subject", "s"), ("content-type", "application/json") })
            Assert.True(CapturedHeaders.Append(name, Encoding.UTF8.GetBytes(value), buffer, ref written));
        return buffer[..written];
    }
}

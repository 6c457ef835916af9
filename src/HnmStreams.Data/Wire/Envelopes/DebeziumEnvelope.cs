using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>
/// The change events of Debezium: <c>{"before": …, "after": …, "op": "c", "source": …, "ts_ms": …}</c>, also in Kafka Connect's wrapper
/// <c>{"schema": …, "payload": …}</c>. A deletion (<c>op</c> is <c>d</c>) takes the id from <c>before</c>: the path of the id may start with <c>$.after</c> for both.
/// </summary>
/// <remarks>Thread-safe. Format: debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-change-events-value.</remarks>
internal sealed class DebeziumEnvelope : IEnvelope
{
    public Rejection? Open(RecordChunk chunk, in RawRecord record, IValueReader reader, out OpenedRecord opened)
    {
        opened = default;
        if (reader.Read(chunk, chunk.Read(record.Value), out var root) is { } rejection)
            return rejection;
        if (root.Member("payload") is { Kind: not FieldKind.Missing } payload && root.Member("schema") is { Kind: not FieldKind.Missing } schema)
            root = ConnectSchema.Apply(schema, payload);
        var op = root.Member("op");
        if (op.Kind != FieldKind.Text)
            return Rejection.Malformed($"The record must be a Debezium change event with the text $.op but $.op {(root.Kind == FieldKind.Object ? $"is {op.Describe()}" : $"is missing because the value is {root.Describe()}")}. If the connector writes rows without the envelope (ExtractNewRecordState), set wire.envelope to none.");
        return op.Bytes.Span switch
        {
            [(byte)'c' or (byte)'u' or (byte)'r'] => Change(root, out opened),
            [(byte)'d'] => Delete(root, out opened),
            [(byte)'t'] => Rejection.Malformed("The Debezium event truncates a table ($.op is t), which names no ids. Send a tombstone for each id instead, or set skipped.operations of the connector to t."),
            _ => Rejection.Malformed($"The Debezium event must have $.op c, u, r or d but it is '{ShortText.Of(Encoding.UTF8.GetString(op.Bytes.Span))}'."),
        };
    }

    private static Rejection? Change(in FieldValue root, out OpenedRecord opened)
    {
        opened = new OpenedRecord(root);
        var after = root.Member("after");
        return after.Kind == FieldKind.Object ? null : Rejection.Malformed($"The Debezium event must have the row in $.after, an object, but it is {after.Describe()}.");
    }

    // The row before stands for the row after, so that one path of the id serves all operations.
    private static Rejection? Delete(in FieldValue root, out OpenedRecord opened)
    {
        var before = root.Member("before");
        var members = root.Members.Where(static member => member.Name is not "after").Append(new FieldMember("after", before)).ToArray();
        opened = new OpenedRecord(FieldValue.Of(members), IsDeletion: true);
        return null;
    }
}

using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>The rows of a record that is an Arrow IPC stream or file. The schema of the previous record is reused if its bytes are the same.</summary>
internal sealed class ArrowRows : RecordRows
{
    // Beside the features: the columns with a role, and the elements of nested ones.
    private const int OtherColumns = 64;

    private readonly ExampleRules _rules;
    private readonly ArrowOptions _options;
    private readonly ArrowSchemaReader _schemas;
    private readonly ArrowRowReader _reader;
    private byte[] _schema = [];
    private ArrowLayout? _layout;
    private ReadOnlyMemory<byte> _record;
    private int _nextMessage;
    private int _endOfBatch;
    private int _count;
    private int _position;

    public ArrowRows(ExampleRules rules)
    {
        (_rules, _options) = (rules, rules.Limits.Arrow);
        _schemas = new ArrowSchemaReader(rules.Limits.MaxFeatures + OtherColumns);
        _reader = new ArrowRowReader(rules);
    }

    public override int Count => _count;

    public override int Position => _position;

    public override ReadOnlySpan<byte> Id => _reader.Id(_record.Span);

    public override RowResult? Open(ReadOnlyMemory<byte> record)
    {
        (_record, _count, _position) = (record, 0, 0);
        if (record.Length > _rules.Limits.MaxRecordBytes)
            return RowResult.Rejected(Rejection.TooLarge("value", record.Length, _rules.Limits.MaxRecordBytes, "bytes", "maxRecordBytes"));
        try
        {
            Begin();
            var (rows, batches) = (0, 0);
            while (LoadBatch(_options.MaxRows - rows) is { } loaded)
                (rows, batches) = (rows + loaded, batches + 1);
            _count = rows;
            // A single batch is still loaded. Otherwise reading begins again at the first.
            if (batches != 1)
                Begin();
            _endOfBatch = batches == 1 ? _count : 0;
            _reader.Begin(_layout!, 0);
            return null;
        }
        catch (ArrowFormatException e)
        {
            return RowResult.Rejected(new Rejection(e.Reason, e.Message));
        }
    }

    public override void Skip(int rows) => _position += Math.Clamp(rows, 0, _count - _position);

    public override RowResult Read(out ExampleView example)
    {
        if (_position >= _count)
            throw new InvalidOperationException("All rows of the record were read.");
        while (_position >= _endOfBatch)
        {
            // Cannot fail, because every batch was loaded when the record was opened.
            var rows = LoadBatch(_options.MaxRows) ?? throw new InvalidOperationException("The record has fewer rows than it had when it was opened.");
            _reader.Begin(_layout!, _endOfBatch);
            _endOfBatch += rows;
        }

        return _reader.Read(_record, _position++, out example);
    }

    public override byte[]? CopyRow(int maxBytes) =>
        _position > 0 && _reader.HasValidOffsets(_record.Span, _position - 1) ? ArrowRowCopy.Of(_record, _position - 1, maxBytes) : null;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _reader.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads the schema, and continues with the first batch.</summary>
    private void Begin()
    {
        var message = new ArrowMessages(_record.Span, 0);
        if (!message.Next() || message.Kind != ArrowMessageKind.Schema)
            throw new ArrowFormatException("The first message of an Arrow stream must be its schema.");
        if (_layout is null || !message.Metadata.SequenceEqual(_schema))
        {
            _layout = null;
            _layout = new ArrowLayout(_schemas.Read(message.Header), _options.Columns, _rules);
            _schema = message.Metadata.ToArray();
        }

        foreach (var column in _layout.Dictionaries)
            column.Values.Clear();
        _nextMessage = message.Position;
    }

    /// <summary>Reads the messages up to the next record batch, and loads its columns.</summary>
    /// <returns>The number of rows; null if the record has no more batches.</returns>
    /// <exception cref="ArrowFormatException">The record is damaged or has too many rows.</exception>
    private int? LoadBatch(int maxRows)
    {
        var message = new ArrowMessages(_record.Span, _nextMessage);
        while (message.Next())
        {
            _nextMessage = message.Position;
            if (message.Kind == ArrowMessageKind.DictionaryBatch)
                LoadDictionary(message);
            else if (message.Kind == ArrowMessageKind.RecordBatch)
                return LoadColumns(message, maxRows);
            else
                throw new ArrowFormatException($"A message of an Arrow stream must be a record batch or a dictionary but is of kind {(int)message.Kind}.");
        }

        return null;
    }

    private int LoadColumns(ArrowMessages message, int maxRows)
    {
        var buffers = new ArrowBuffers(message.Header, message.BodyStart, message.BodyLength);
        // Before anything is done per row.
        if (buffers.Rows < 0 || buffers.Rows > maxRows)
            throw new ArrowFormatException($"The record must have at most {_options.MaxRows} rows (wire.arrow.maxRows) but has more.", RejectionReasons.TooLarge);
        foreach (var column in _layout!.Columns)
        {
            column.Load(ref buffers);
            if (column.Rows != buffers.Rows)
                throw new ArrowFormatException($"The column '{ControlCharacters.Escape(column.Name)}' must have {buffers.Rows} rows but has {column.Rows}.");
        }

        return (int)buffers.Rows;
    }

    // DictionaryBatch in Message.fbs: id, data, isDelta.
    private void LoadDictionary(ArrowMessages message)
    {
        if (message.Header.Byte(2) != 0)
            throw new ArrowFormatException("The record has a delta dictionary, which is not supported: write whole dictionaries.");
        if (!message.Header.TryTable(1, out var data))
            throw new ArrowFormatException("A dictionary has no values.");
        foreach (var column in _layout!.Dictionaries)
        {
            if (column.DictionaryId != message.Header.Int64(0))
                continue;
            var buffers = new ArrowBuffers(data, message.BodyStart, message.BodyLength);
            column.Values.Load(ref buffers);
        }
    }
}

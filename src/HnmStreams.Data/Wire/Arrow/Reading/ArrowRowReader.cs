using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>A reader of the rows of a batch whose columns are loaded. It applies the same rules as the other formats.</summary>
/// <remarks>One owner.</remarks>
internal sealed class ArrowRowReader : IDisposable
{
    private const int MaxNumberBytes = 32;

    private readonly ExampleRules _rules;
    private readonly ArrowTargetReader _targets;
    private readonly ArrowInputReader _inputs;
    private readonly byte[] _number = new byte[MaxNumberBytes];
    private ArrowLayout _layout = null!;
    private int _first;
    private (int Start, int Length) _id;
    private int _numberBytes;

    public ArrowRowReader(ExampleRules rules)
    {
        var interner = new StringInterner();
        (_rules, _targets, _inputs) = (rules, new ArrowTargetReader(rules, interner), new ArrowInputReader(rules, interner));
    }

    /// <summary>Begins with a batch.</summary>
    /// <param name="first">The index of its first row in the record.</param>
    public void Begin(ArrowLayout layout, int first)
    {
        (_layout, _first, _id, _numberBytes) = (layout, first, default, 0);
        _inputs.Begin(layout);
    }

    /// <summary>Returns the id of the row that was read last; empty if it has no valid one.</summary>
    public ReadOnlySpan<byte> Id(ReadOnlySpan<byte> record) => _numberBytes > 0 ? _number.AsSpan(0, _numberBytes) : record.Slice(_id.Start, _id.Length);

    /// <param name="row">The index of the row in the record.</param>
    public RowResult Read(ReadOnlyMemory<byte> record, int row, out ExampleView example)
    {
        example = default;
        row -= _first;
        var bytes = record.Span;
        if (ReadId(bytes, row) is { } noId)
            return RowResult.Rejected(noId);
        if (_layout.Tombstone is { } tombstone && !tombstone.IsNull(bytes, row) && tombstone.Flag(bytes, row))
            return new RowResult(RowKind.Tombstone, null, null);
        if (_targets.Read(_layout, bytes, row, out var target) is { } noTarget)
            return RowResult.Rejected(noTarget);
        if (_inputs.Read(record, row, out var input) is { } noInput)
            return RowResult.Rejected(noInput);
        if (_rules.Parts(target is not Target.None, input.Kind != InputKind.None) is { } incomplete)
            return RowResult.Rejected(incomplete);
        if (ArrowTime.Read(_layout.Time, bytes, row, out var time) is { } noTime)
            return RowResult.Rejected(noTime);
        var weight = _layout.Weight is { } weights && !weights.IsNull(bytes, row) ? (float)weights.Number(bytes, row) : 1f;
        if (ExampleRules.Weight(weight) is { } badWeight)
            return RowResult.Rejected(badWeight);
        example = new ExampleView(Id(bytes), target!, input, time, Math.Min(weight, _rules.Limits.MaxWeight));
        return new RowResult(RowKind.Example, null, null) { IsWeightClipped = weight > _rules.Limits.MaxWeight };
    }

    /// <summary>Returns true if all offsets of a row of the current batch are valid.</summary>
    public bool HasValidOffsets(ReadOnlySpan<byte> record, int row)
    {
        foreach (var column in _layout.Columns)
        {
            if (!column.HasValidOffsets(record, row - _first))
                return false;
        }

        return true;
    }

    public void Dispose() => _inputs.Dispose();

    private Rejection? ReadId(ReadOnlySpan<byte> record, int row)
    {
        (_id, _numberBytes) = (default, 0);
        var column = _layout.Id;
        if (column.IsNull(record, row))
            return new Rejection(RejectionReasons.MissingId, "The row has no id.");
        if (!column.Values.IsUtf8)
        {
            _numberBytes = ArrowNumbers.Format(column, record, row, _number);
            return null;
        }

        if (ArrowStrings.Find(column, record, row, out var start, out var length, out _) is { } invalid)
            return invalid;
        if (length == 0)
            return new Rejection(RejectionReasons.MissingId, "The row has no id.");
        if (_rules.Id(record.Slice(start, length), default) is { } rejection)
            return rejection;
        _id = (start, length);
        return null;
    }
}

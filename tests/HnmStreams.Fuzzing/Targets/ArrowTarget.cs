using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A record with many examples in an Arrow stream. Every row is rejected with a reason, or gives a valid example or a deletion.</summary>
internal sealed class ArrowTarget(string name) : FuzzTarget(name)
{
    // The columns of a schema are objects, and the first rejection of a kind loads its message.
    private const int AllocationAllowance = 256 * 1024;
    private const int MaxCopiedRowBytes = 1 << 20;

    private readonly RecordRows _rows = new ExampleDecoder(new WireLimits()).CreateRows();

    public override IEnumerable<byte[]> Seeds() => RecordTarget.Examples().Where(static e => e.Target is not (Target.Boxes or Target.LabelSet))
        .Select(static (e, i) => ExampleEncoder.ToArrow([e, e with { Id = $"{i}", Weight = 2 }], i % 2 == 0 ? ["gone"] : null));

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (_rows.Open(input) is { } whole)
        {
            FuzzCheck.Holds(whole is { Reason.Length: > 0, Detail.Length: > 0 }, input);
            return;
        }

        FuzzCheck.Holds(_rows.Count <= new WireLimits().Arrow.MaxRows, input);
        while (_rows.Position < _rows.Count)
        {
            var result = _rows.Read(out var example);
            FuzzCheck.Holds(result.Kind == RowKind.Rejected == result.Reason is { Length: > 0 }, input);
            if (result.Kind != RowKind.Rejected)
                FuzzCheck.Holds(_rows.Id.Length is > 0 and <= 256, input);
            if (result.Kind == RowKind.Example)
                FuzzCheck.IsValid(example.ToExample(), input);
        }

        FuzzCheck.AllocatedAtMost(AllocationAllowance + (64L * input.Length) + (1_024L * _rows.Count), before, input);
        if (_rows.Count > 0)
            _rows.CopyRow(MaxCopiedRowBytes);
    }

    public override void Dispose()
    {
        _rows.Dispose();
        base.Dispose();
    }
}

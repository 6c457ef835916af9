using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Schemas;
using HnmStreams.Testing.Fuzzing;
using HnmStreams.Testing.Registries;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A payload with the frame of a schema registry, read with a fixed schema of one type.</summary>
internal sealed class RegistryTarget : FuzzTarget
{
    // The values of a record are bounded by its limits, whatever its size.
    private const int AllocationAllowance = 8 << 20;

    private readonly string _type;
    private readonly int _id;
    private readonly IRecordDecoder _decoder;
    private readonly RecordChunk _prepared;

    public RegistryTarget(string name, string type)
        : base(name)
    {
        using var registry = new SchemaRegistryServer();
        (_type, _id) = (type, registry.Register("s", type, RegistryInputs.Schema(type)));
        _decoder = RecordDecoders.Create(
            new WireOptions { Format = StreamFormat.SchemaRegistry, SchemaRegistry = new SchemaRegistryOptions { Url = registry.Url } }, TimeProvider.System, NullLogger.Instance);
        // The schema is fetched once. Later records use the same one.
        _prepared = new RecordChunk(1, 16);
        _prepared.Add(new RawRecord("t", 0, 0, 0, ByteRange.Null, _prepared.Store(RegistryInputs.Frame(_id, [])), WireFormat.Unknown, 0, default));
        _decoder.PrepareAsync(_prepared, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    public override IEnumerable<byte[]> Seeds() => RegistryInputs.Payloads(_type);

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = EnvelopeInputs.Decode(_decoder, RegistryInputs.Frame(_id, input), "k"u8, prepared: _prepared.Prepared);
        FuzzCheck.AllocatedAtMost(AllocationAllowance, before, input);
        FuzzCheck.HasOneOutcome(result, input);
        if (result.Example is { } example)
            FuzzCheck.IsValid(example, input);
    }

    public override void Dispose()
    {
        (_decoder as IDisposable)?.Dispose();
        _prepared.Dispose();
        base.Dispose();
    }
}

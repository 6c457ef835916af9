using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Testing.Fuzzing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A record whose fields are mapped by paths, bare or in an envelope. The first byte of the input selects the key and the mode.</summary>
internal sealed class EnvelopeTarget : FuzzTarget
{
    // The allowance per record beyond a multiple of its size: the values of a record are bounded by its limits.
    private const int AllocationAllowance = 512 * 1024;

    private const int BinaryMode = 4;

    private readonly IRecordDecoder _decoder;
    private readonly EnvelopeKind _envelope;

    public EnvelopeTarget(string name, EnvelopeKind envelope)
        : base(name)
    {
        var options = new WireOptions { Envelope = envelope };
        EnvelopeInputs.Configure(options.Fields);
        (_envelope, _decoder) = (envelope, RecordDecoders.Create(options, TimeProvider.System, NullLogger.Instance));
    }

    public override IEnumerable<byte[]> Seeds() =>
        EnvelopeInputs.Values(_envelope).SelectMany((value, i) => _envelope == EnvelopeKind.CloudEvents
            ? (byte[][])[[(byte)i, .. value], [(byte)(BinaryMode + i), .. value]]
            : [[(byte)i, .. value]]);

    public override void Run(byte[] input)
    {
        var selection = input.Length > 0 ? input[0] : 0;
        var value = input.AsSpan(Math.Min(1, input.Length));
        var key = EnvelopeInputs.Keys[selection % BinaryMode % EnvelopeInputs.Keys.Count];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = EnvelopeInputs.Decode(_decoder, value, key, (selection & BinaryMode) != 0);
        FuzzCheck.AllocatedAtMost(AllocationAllowance + (64L * (value.Length + key.Length)), before, input);
        FuzzCheck.HasOneOutcome(result, input);
        if (result.Example is { } example)
            FuzzCheck.IsValid(example, input);
    }
}

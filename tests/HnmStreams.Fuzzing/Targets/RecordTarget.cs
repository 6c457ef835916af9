using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>
/// A record with one example, in protobuf or JSON. Decoding never throws, allocates in proportion to the record, and accepts only valid examples,
/// which stay the same if they are encoded and decoded again. Accepted protobuf is compared with the official parser.
/// </summary>
internal sealed class RecordTarget(string name, WireFormat format) : FuzzTarget(name)
{
    // The allowance per record beyond a multiple of its size: the first rejection of a kind loads its message.
    private const int AllocationAllowance = 256 * 1024;

    private readonly ExampleDecoder _decoder = new(new WireLimits());

    /// <summary>Returns one example of each kind of input and target.</summary>
    public static IEnumerable<Example> Examples()
    {
        var floats = new byte[16];
        BinaryPrimitives.WriteSingleLittleEndian(floats, 1.5f);
        yield return new Example("t", new Target.ClassIndex(1), new ExampleInput.Dense(ElementType.UInt8, [2, 3], new byte[6]));
        yield return new Example("f", new Target.Label("fraud"), new ExampleInput.Dense(ElementType.Float32, [2, 2], floats), DateTimeOffset.UnixEpoch, 2);
        yield return new Example("x", new Target.Identity("person") { Others = ["q1", "q2"] }, new ExampleInput.Text("some text"));
        yield return new Example("n", new Target.Label("日本"), new ExampleInput.Features([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")]));
        yield return new Example("l", new Target.LabelSet(["insult", "threat"]), new ExampleInput.Text("some text"));
        yield return new Example("b", new Target.Boxes([new LabeledBox(1, 2, 30, 40, "cell")]), new ExampleInput.EncodedImage("\u0089PNG\r\n\u001a\n"u8.ToArray()));
    }

    public override IEnumerable<byte[]> Seeds() => Examples().Select(e => format == WireFormat.Json ? ExampleEncoder.ToJson(e) : ExampleEncoder.ToProtobuf(e));

    public override void Run(byte[] input)
    {
        foreach (var named in (ReadOnlySpan<WireFormat>)[format, WireFormat.Unknown])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = _decoder.Decode(input, named, default);
            FuzzCheck.AllocatedAtMost(AllocationAllowance + (16L * input.Length), before, input);
            FuzzCheck.HasOneOutcome(result, input);
            if (result.Example is not { } example)
                continue;
            FuzzCheck.IsValid(example, input);
            if (named == WireFormat.Protobuf)
                CompareWithOfficialParser(example, input);
            IsUnchanged(example, ExampleEncoder.ToProtobuf(example), WireFormat.Protobuf, input);
            IsUnchanged(example, ExampleEncoder.ToJson(example), WireFormat.Json, input);
        }
    }

    private static void CompareWithOfficialParser(Example example, byte[] input)
    {
        var message = Data.Wire.V1.Example.Parser.ParseFrom(input);
        FuzzCheck.Holds(message.Id == example.Id, input);
        FuzzCheck.Holds(Math.Min(message.HasWeight ? message.Weight : 1f, new WireLimits().MaxWeight) == example.Weight, input);
        if (example.Input is ExampleInput.Text text)
            FuzzCheck.Holds(message.Text == text.Value, input);
        if (example.Target is Target.ClassIndex target)
            FuzzCheck.Holds(message.ClassIndex == (uint)target.Index, input);
    }

    private void IsUnchanged(Example example, byte[] encoded, WireFormat encodedFormat, byte[] input)
    {
        var again = _decoder.Decode(encoded, encodedFormat, default).Example;
        FuzzCheck.Holds(again is not null, input);
        FuzzCheck.Holds(ExampleText.Of(again!) == ExampleText.Of(example), input);
    }
}

using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class WireLimitsTests
{
    private static readonly Example Text = new("four", new Target.Label("five5"), new ExampleInput.Text("seven77"));

    private static readonly Dictionary<string, (Example Example, Action<WireLimits, int> Set, int Exact)> Cases = new(StringComparer.Ordinal)
    {
        ["id"] = (Text, static (l, v) => l.MaxIdBytes = v, 4),
        ["label"] = (Text, static (l, v) => l.MaxLabelBytes = v, 5),
        ["text"] = (Text, static (l, v) => l.MaxTextBytes = v, 7),
        ["dimensions"] = (Tensor([2, 1, 3]), static (l, v) => l.MaxDimensions = v, 3),
        ["elements"] = (Tensor([2, 1, 3]), static (l, v) => l.MaxTensorElements = v, 6),
        ["features"] = (Text with { Input = new ExampleInput.Features([new Feature("a", 1, null), new Feature("b", 1, null)]) }, static (l, v) => l.MaxFeatures = v, 2),
        ["boxes"] = (Text with { Target = new Target.Boxes([new LabeledBox(0, 0, 1, 1, "a"), new LabeledBox(0, 0, 1, 1, "a")]) }, static (l, v) => l.MaxBoxes = v, 2),
    };

    public static TheoryData<string, bool> Names()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in Cases.Keys)
        {
            data.Add(name, true);
            data.Add(name, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_accepts_its_value_and_rejects_one_more(string name, bool json)
    {
        var (example, set, exact) = Cases[name];
        var value = json ? ExampleEncoder.ToJson(example) : ExampleEncoder.ToProtobuf(example);
        Assert.Null(Decode(value, limits => set(limits, exact)).Reason);
        Assert.Equal(RejectionReasons.TooLarge, Decode(value, limits => set(limits, exact - 1)).Reason);
    }

    [Theory]
    [InlineData(0.5f, 0.5f)]
    [InlineData(100f, 100f)]
    [InlineData(100.5f, 100f)]
    [InlineData(float.MaxValue, 100f)]
    public void Reduces_a_large_weight_to_the_limit(float weight, float expected)
    {
        foreach (var value in new[] { ExampleEncoder.ToJson(Text with { Weight = weight }), ExampleEncoder.ToProtobuf(Text with { Weight = weight }) })
        {
            var result = Decode(value, static _ => { });
            Assert.Equal((expected, weight > expected), (result.Example!.Weight, result.IsWeightClipped));
            Assert.Equal(Math.Min(weight, 3), Decode(value, static limits => limits.MaxWeight = 3).Example!.Weight);
        }
    }

    [Fact]
    public void Rejects_a_record_above_the_size_limit()
    {
        var value = ExampleEncoder.ToProtobuf(Text with { Input = new ExampleInput.Text(new string('x', 100)) });
        Assert.Null(Decode(value, limits => limits.MaxRecordBytes = value.Length).Reason);
        Assert.Equal(RejectionReasons.TooLarge, Decode(value, limits => limits.MaxRecordBytes = value.Length - 1).Reason);
    }

    [Fact]
    public void Rejects_a_long_list_without_allocating()
    {
        // 400,000 empty features in two bytes each, in a record of 800 kB.
        byte[] list = [.. Enumerable.Repeat<byte[]>([0x0A, 0x00], 400_000).SelectMany(static b => b)];
        byte[] value = [0x0A, 0x01, (byte)'a', 0x10, 0x01, 0x4A, 0x80, 0xEA, 0x30, .. list];
        var decoder = new ExampleDecoder(new WireLimits());
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode(value, WireFormat.Protobuf, default).Reason);
        var before = GC.GetAllocatedBytesForCurrentThread();
        decoder.Decode(value, WireFormat.Protobuf, default);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
    }

    [Fact]
    public void Defaults_are_valid_and_a_limit_out_of_range_is_not()
    {
        var limits = new WireLimits();
        Validator.ValidateObject(limits, new ValidationContext(limits), validateAllProperties: true);
        limits.MaxDimensions = 17;
        Assert.Throws<ValidationException>(() => Validator.ValidateObject(limits, new ValidationContext(limits), validateAllProperties: true));
    }

    private static Example Tensor(int[] shape) =>
        Text with { Input = new ExampleInput.Dense(ElementType.UInt8, shape, new byte[shape.Aggregate(1, static (a, b) => a * b)]) };

    private static DecodeResult Decode(byte[] value, Action<WireLimits> set)
    {
        var limits = new WireLimits();
        set(limits);
        return new ExampleDecoder(limits).Decode(value, WireFormat.Unknown, default);
    }
}

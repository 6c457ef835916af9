using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Synthetic;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire;

[Trait("Category", "Fuzz")]
public sealed class FuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261123);

    // Per format: 100,000 in all.
    private static readonly int Records = Mutation.Inputs(50_000);

    // The allowance per record beyond a multiple of its size: the first rejection of a kind loads its message.
    private const int AllocationAllowance = 256 * 1024;

    private static readonly ExampleDecoder Decoder = new(new WireLimits());

    [Theory]
    [InlineData(WireFormat.Protobuf)]
    [InlineData(WireFormat.Json)]
    public void Mutated_records_give_a_reason_or_a_valid_example(WireFormat format)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var random = new SplitMix64(Seed);
        var mutation = new Mutation(Seed);
        var seeds = ExampleGen.Fixed(64, Seed);
        var rejected = 0;
        FuzzCheck.LoadTables();
        for (var i = 0; i < Records; i++)
        {
            var e = seeds[random.Below(seeds.Length)];
            var value = mutation.Apply(format == WireFormat.Json ? ExampleEncoder.ToJson(e) : ExampleEncoder.ToProtobuf(e));
            foreach (var named in new[] { format, WireFormat.Unknown })
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var result = Decoder.Decode(value, named, default);
                FuzzCheck.AllocatedAtMost(AllocationAllowance + (16L * value.Length), before, value);
                FuzzCheck.HasOneOutcome(result, value);
                if (result.Example is { } decoded)
                    FuzzCheck.IsValid(decoded, value);
                else
                    rejected++;
            }
        }

        Assert.InRange(rejected, Records / 5, (2 * Records) - 1);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new SplitMix64(Seed + 1);
        for (var i = 0; i < 20_000; i++)
        {
            var value = new byte[random.Below(64)];
            random.Fill(value);
            if (value.Length > 0 && i % 2 == 0)
                value[0] = (byte)(i % 4 == 0 ? '{' : 0x0A);
            var result = Decoder.Decode(value, WireFormat.Unknown, default);
            FuzzCheck.HasOneOutcome(result, value);
        }
    }

    [Fact]
    public void Accepted_protobuf_records_agree_with_the_official_parser()
    {
        var mutation = new Mutation(Seed + 2);
        var value = ExampleEncoder.ToProtobuf(new Example("id", new Target.ClassIndex(5), new ExampleInput.Text("some text"), DateTimeOffset.UnixEpoch.AddDays(1), 2));
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = mutation.Apply(value);
            if (Decoder.Decode(mutated, WireFormat.Protobuf, default).Example is not { } e)
                continue;
            accepted++;
            var message = Data.Wire.V1.Example.Parser.ParseFrom(mutated);
            Assert.Equal(message.Id, e.Id);
            Assert.Equal(Math.Min(message.HasWeight ? message.Weight : 1f, new WireLimits().MaxWeight), e.Weight);
            if (e.Input is ExampleInput.Text text)
                Assert.Equal(message.Text, text.Value);
            if (e.Target is Target.ClassIndex target)
                Assert.Equal(message.ClassIndex, (uint)target.Index);
        }

        Assert.InRange(accepted, 500, 20_000);
    }
}

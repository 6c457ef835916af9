using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire.Envelopes;

[Trait("Category", "Fuzz")]
public sealed class EnvelopeFuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261130);

    private static readonly int Records = Mutation.Inputs(10_000);

    // The allowance per record beyond a multiple of its size: the values of a record are bounded by its limits.
    private const int AllocationAllowance = 512 * 1024;

    [Theory]
    [InlineData(EnvelopeKind.None)]
    [InlineData(EnvelopeKind.Debezium)]
    [InlineData(EnvelopeKind.CloudEvents)]
    public void Mutated_records_give_a_reason_an_example_or_a_deletion(EnvelopeKind envelope)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var mutation = new Mutation(Seed);
        var decoder = MappedRecords.Decoder(EnvelopeInputs.Configure, envelope);
        byte[][] seeds = [.. EnvelopeInputs.Values(envelope)];
        FuzzCheck.LoadTables();
        var (rejected, accepted) = (0, 0);
        for (var i = 0; i < Records; i++)
        {
            var value = mutation.Apply(seeds[mutation.Below(seeds.Length)]);
            var key = EnvelopeInputs.Keys[mutation.Below(EnvelopeInputs.Keys.Count)];
            if (mutation.Below(4) == 0)
                key = mutation.Apply(key);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = EnvelopeInputs.Decode(decoder, value, key, hasBinaryHeaders: envelope == EnvelopeKind.CloudEvents && mutation.Below(2) == 0);
            FuzzCheck.AllocatedAtMost(AllocationAllowance + (64L * (value.Length + key.Length)), before, value);
            FuzzCheck.HasOneOutcome(result, value);
            if (result.Reason is null)
                accepted++;
            else
                rejected++;
        }

        Assert.True(accepted > Records / 100 && rejected > Records / 10, $"{accepted} accepted, {rejected} rejected");
    }
}

using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;
using HnmStreams.Testing.Registries;

namespace HnmStreams.Kafka.Tests.Schemas;

[Trait("Category", "Fuzz")]
public sealed class RegistryFuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261130);

    private static readonly int Records = Mutation.Inputs(10_000);

    // The allowance per record beyond a multiple of its size: the values of a record are bounded by its limits.
    private const int AllocationAllowance = 8 << 20;

    [Theory(Timeout = 3_600_000)]
    [InlineData("AVRO")]
    [InlineData("PROTOBUF")]
    [InlineData("JSON")]
    public async Task Mutated_payloads_give_a_reason_an_example_or_a_deletion(string type)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        using var registry = new SchemaRegistryServer();
        var payloads = RegistryInputs.Payloads(type);
        var id = registry.Register("s", type, RegistryInputs.Schema(type));
        using var decoder = RegistryRecords.Decoder(registry);
        // The schema of all ids that a mutation can leave alone.
        var prepared = RegistryRecords.Chunk(RegistryInputs.Frame(id, payloads[0]));
        await decoder.PrepareAsync(prepared, TestContext.Current.CancellationToken);
        var first = decoder.Decode(prepared, prepared.Records[0]);
        Assert.Null(first.Detail);
        var mutation = new Mutation(Seed);
        FuzzCheck.LoadTables();
        var (rejected, accepted) = (0, 0);
        for (var i = 0; i < Records; i++)
        {
            var value = RegistryInputs.Frame(id, mutation.Apply(payloads[mutation.Below(payloads.Count)]));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = EnvelopeInputs.Decode(decoder, value, "k"u8, prepared: prepared.Prepared);
            FuzzCheck.AllocatedAtMost(AllocationAllowance, before, value);
            FuzzCheck.HasOneOutcome(result, value);
            if (result.Reason is null)
                accepted++;
            else
                rejected++;
        }

        Assert.True(accepted > Records / 100 && rejected > Records / 20, $"{accepted} accepted, {rejected} rejected");
    }
}

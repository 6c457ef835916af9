using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Chaos.Attack;

/// <summary>The attacks of a producer. Each returns the number of records that it sent.</summary>
internal sealed class RecordAttacks(string bootstrap, string topic, ulong seed)
{
    private const int TensorSide = 28;

    /// <summary>Sends records of all forms with one to four edits each.</summary>
    public async Task<int> MutatedAsync(int records, CancellationToken cancellation)
    {
        var mutation = new Mutation(seed);
        byte[][] forms =
        [
            .. Examples().Select(e => ExampleEncoder.ToProtobuf(e)), .. Examples().Select(e => ExampleEncoder.ToJson(e)),
            Encoding.UTF8.GetBytes("""{"id":"m-2","text":"You won a prize","label":"spam","weight":1e30,"eventTime":"2026-11-23T10:00:00Z"}"""),
        ];
        await using var producer = Producer("none");
        WireFormat[] formats = [WireFormat.Unknown, WireFormat.Protobuf, WireFormat.Json];
        for (var i = 0; i < records; i++)
        {
            var value = i % 1_000 == 999 ? null : mutation.Apply(forms[mutation.Below(forms.Length)]);
            // A key that differs from the id would be the reason for every rejection.
            byte[] key = value is null ? Encoding.UTF8.GetBytes($"mutated-{i}") : [];
            await producer.ProduceRawAsync(key, value, formats[mutation.Below(formats.Length)], cancellation);
        }

        await producer.FlushAsync(cancellation);
        return records;
    }

    /// <summary>Sends valid examples with the largest float as their weight.</summary>
    public async Task<int> WeightsAsync(int records, CancellationToken cancellation)
    {
        await using var producer = Producer("none");
        for (var i = 0; i < records; i++)
            await producer.ProduceAsync(Tensor($"weight-{i}", i % 2) with { Weight = float.MaxValue }, cancellation);
        await producer.FlushAsync(cancellation);
        return records;
    }

    /// <summary>Sends large records of one letter in compressed batches.</summary>
    public async Task<int> CompressedAsync(int records, CancellationToken cancellation)
    {
        await using var producer = Producer("gzip");
        var value = Encoding.UTF8.GetBytes($$"""{"id":"compressed","label":"a","text":"{{new string('a', 900_000)}}"}""");
        for (var i = 0; i < records; i++)
            await producer.ProduceRawAsync([], value, WireFormat.Json, cancellation);
        await producer.FlushAsync(cancellation);
        return records;
    }

    /// <summary>Sends images that decode to 256 MiB, and tensors whose shape claims more elements than there are.</summary>
    public async Task<int> ImagesAndTensorsAsync(int records, CancellationToken cancellation)
    {
        await using var producer = Producer("none");
        var image = new Example("image", new Target.ClassIndex(0), new ExampleInput.EncodedImage(Bombs.Png(16_384)));
        for (var i = 0; i < records; i++)
        {
            await producer.ProduceAsync(image with { Id = $"image-{i}" }, cancellation);
            foreach (var shape in (int[][])[[1 << 30], [65_536, 65_536], [int.MaxValue, int.MaxValue], [4_096, 1_024]])
                await producer.ProduceAsync(new Example($"tensor-{i}-{shape[0]}", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.UInt8, shape, new byte[16])), cancellation);
        }

        await producer.FlushAsync(cancellation);
        return records * 5;
    }

    private static Example Tensor(string id, int label) =>
        new(id, new Target.ClassIndex(label), new ExampleInput.Dense(ElementType.UInt8, [TensorSide, TensorSide], new byte[TensorSide * TensorSide]));

    private static IEnumerable<Example> Examples()
    {
        var floats = new byte[16];
        BinaryPrimitives.WriteSingleLittleEndian(floats, 1.5f);
        yield return Tensor("t", 1);
        yield return new Example("f", new Target.Label("fraud"), new ExampleInput.Dense(ElementType.Float32, [2, 2], floats), DateTimeOffset.UnixEpoch, 2);
        yield return new Example("x", new Target.Identity("person"), new ExampleInput.Text("some text"));
        yield return new Example("n", new Target.Label("a"), new ExampleInput.Features([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")]));
        yield return new Example("b", new Target.Boxes([new LabeledBox(1, 2, 30, 40, "cell")]), new ExampleInput.EncodedImage(Bombs.Png(16)));
    }

    private ExampleProducer Producer(string compression)
    {
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = topic };
        kafka.Producer["compression.type"] = compression;
        kafka.Producer["message.timeout.ms"] = (30_000).ToString(CultureInfo.InvariantCulture);
        return new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
    }
}

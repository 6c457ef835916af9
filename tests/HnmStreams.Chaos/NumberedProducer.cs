using System.Buffers.Binary;
using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Mining.Randomness;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Chaos;

/// <summary>Writes numbered examples that can be learnt, each once: idempotent, and patient while the broker is away.</summary>
internal sealed class NumberedProducer : IAsyncDisposable
{
    public const int Features = 4;
    private readonly ExampleProducer _producer;
    private readonly Xoshiro256StarStar _generator;
    private int _sent;

    public NumberedProducer(string bootstrap, string topic, ulong seed)
    {
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = topic };
        kafka.Producer["enable.idempotence"] = "true";
        kafka.Producer["message.timeout.ms"] = "0";
        _producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        _generator = new Xoshiro256StarStar(seed);
    }

    public long Failed => _producer.Failed;

    /// <summary>Writes up to this number, at a steady rate, so that events fall into a stream that flows.</summary>
    public async Task SendUpToAsync(int number, int perSecond, CancellationToken cancellation)
    {
        const int slice = 50;
        while (_sent < number)
        {
            for (var i = 0; i < slice && _sent < number; i++)
                await _producer.ProduceAsync(Next(), cancellation);
            await Task.Delay(TimeSpan.FromSeconds((double)slice / perSecond), TimeProvider.System, cancellation);
        }
    }

    public Task FlushAsync(CancellationToken cancellation) => _producer.FlushAsync(cancellation);

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private Example Next()
    {
        var values = new byte[Features * sizeof(float)];
        var sum = 0f;
        for (var i = 0; i < Features; i++)
        {
            var value = (float)((_generator.NextDouble() * 2) - 1);
            sum += value;
            BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(i * sizeof(float)), value);
        }

        return new Example(
            string.Create(CultureInfo.InvariantCulture, $"n-{_sent++:D7}"),
            new Target.ClassIndex(sum > 1.4 ? 1 : 0),
            new ExampleInput.Dense(ElementType.Float32, [Features], values));
    }
}

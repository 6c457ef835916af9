#region sample
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
#endregion

namespace HnmStreams.Data.Tests.Samples;

/// <summary>The sample of the README.</summary>
internal static class ProducerSample
{
    public static (byte[] Key, byte[] Value) Record()
    {
        #region sample
        var example = new Example(
            "tx-1",
            new Target.Label("fraud"),
            new ExampleInput.Features([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")]));
        var key = Encoding.UTF8.GetBytes(example.Id);
        var value = ExampleEncoder.ToProtobuf(example);
        // With Confluent.Kafka: producer.Produce("hnm.examples", new Message<byte[], byte[]> { Key = key, Value = value });
        #endregion

        return (key, value);
    }
}

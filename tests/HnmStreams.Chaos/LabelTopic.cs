using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Chaos;

/// <summary>The content of a topic whose labels come later.</summary>
/// <param name="Inputs">The keys of all examples.</param>
/// <param name="Labeled">The keys of all examples with at least one label.</param>
/// <param name="Labels">The number of records with a label.</param>
internal sealed record LabelTopic(IReadOnlySet<string> Inputs, IReadOnlySet<string> Labeled, int Labels)
{
    /// <summary>Reads the topic from its beginning to its end, independently of the service.</summary>
    public static LabelTopic Read(string bootstrap, string topic, int partitions)
    {
        var decoder = new ExampleDecoder(new WireLimits(), labels: LabelMode.Later);
        var (inputs, labeled) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var labels = 0;
        foreach (var message in TopicReader.Messages(bootstrap, topic, partitions))
        {
            var example = decoder.Decode(message.Value, WireFormat.Protobuf, message.Key).Example!;
            var key = ExampleKey.Of(example.Id).ToString();
            labels += example.IsLabel ? 1 : 0;
            if (!(example.IsLabel ? labeled : inputs).Add(key) && !example.IsLabel)
                throw new InvalidOperationException($"The producer wrote {example.Id} twice to {topic}, so the result would be meaningless.");
        }

        return new LabelTopic(inputs, labeled, labels);
    }
}

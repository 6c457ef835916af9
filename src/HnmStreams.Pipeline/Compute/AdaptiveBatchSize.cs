using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Torch.Devices;

namespace HnmStreams.Pipeline.Compute;

/// <summary>
/// How many rows go to the device at once: all of a batch, until its memory does not suffice; from then on half as many,
/// and half again, down to a single row.
/// </summary>
/// <param name="owner">Who asks, for the metric.</param>
/// <remarks>One thread. What was learnt lasts as long as its owner: to try larger pieces again and again would cost a failure each time.</remarks>
internal sealed class AdaptiveBatchSize(string owner)
{
    public int Most { get; private set; } = int.MaxValue;

    /// <summary>Takes in that so many rows failed.</summary>
    /// <returns>Whether fewer may be tried; false where the failure was another, or there are no fewer.</returns>
    public bool Halve(int tried, Exception error)
    {
        if (tried < 2 || !DeviceMemory.IsExhausted(error))
            return false;
        Most = tried / 2;
        PipelineInstruments.BatchesHalved.Add(1, new KeyValuePair<string, object?>("owner", owner));
        return true;
    }
}

using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Torch.Devices;

namespace HnmStreams.Pipeline.Compute;

/// <summary>
/// A limit on the number of rows sent to the device at once. It starts without a limit and is halved, down to a single row, each time the
/// device runs out of memory.
/// </summary>
/// <param name="owner">The value of the metric's <c>owner</c> label.</param>
/// <remarks>One thread. The limit never grows again, because every attempt with a larger batch would cost a failure.</remarks>
internal sealed class AdaptiveBatchSize(string owner)
{
    /// <summary>The largest number of rows to send at once.</summary>
    public int MaxRows { get; private set; } = int.MaxValue;

    /// <summary>Halves the limit if <paramref name="error"/> shows that the device's memory is exhausted.</summary>
    /// <returns>True if the caller should retry with fewer rows; false for another error or a single row.</returns>
    public bool TryHalve(int tried, Exception error)
    {
        if (tried < 2 || !DeviceMemory.IsExhausted(error))
            return false;
        MaxRows = tried / 2;
        PipelineInstruments.BatchesHalved.Add(1, new KeyValuePair<string, object?>("owner", owner));
        return true;
    }
}

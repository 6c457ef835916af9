using System.ComponentModel.DataAnnotations;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Compute;

/// <summary>Settings of the concurrency of tensor computations.</summary>
public sealed class ComputeOptions
{
    /// <summary>The number of tensor computations that may run at the same time; 0 means one per core on a CPU and one on a GPU.</summary>
    [Range(0, 1024)]
    public int Lanes { get; set; }

    /// <summary>The number of torch threads per scorer and learner (CPU), 1 to 256.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    /// <summary>The number of compute lanes on a device.</summary>
    internal int LanesOn(Device device) => Lanes > 0 ? Lanes : device.type == DeviceType.CPU ? Environment.ProcessorCount : 1;
}

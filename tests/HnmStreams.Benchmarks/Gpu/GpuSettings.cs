namespace HnmStreams.Benchmarks.Gpu;

/// <summary>The settings of the benchmark of a device.</summary>
/// <param name="Device">The name of the device, such as <c>cuda:0</c> or <c>cpu</c>.</param>
/// <param name="UsesBFloat16">True to compute products in bfloat16, false for float32.</param>
/// <param name="ProductSize">Rows and columns of the matrices whose product is the peak.</param>
/// <param name="Batch">Images per scored batch.</param>
/// <param name="TrainBatch">Images per training step.</param>
/// <param name="Examples">Images per round of the pipeline, a multiple of <paramref name="Batch"/>.</param>
/// <param name="Rounds">The rounds; the report has the medians.</param>
internal sealed record GpuSettings(string Device, bool UsesBFloat16, ResNetShape Network, int ProductSize, int Batch, int TrainBatch, int Examples, int Rounds, ulong Seed)
{
    public string Precision => UsesBFloat16 ? "bfloat16" : "float32";
}

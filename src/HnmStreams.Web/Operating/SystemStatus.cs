namespace HnmStreams.Web.Operating;

/// <summary>The process and the machine that a run uses.</summary>
/// <param name="Device">The device of the model: <c>cpu</c> or <c>cuda:N</c>; null if it is unknown.</param>
/// <param name="ResidentBytes">Memory of the process in RAM.</param>
/// <param name="ManagedBytes">Memory of managed objects. Weights and payloads are outside it.</param>
/// <param name="PoolBytes">Payloads of the pool.</param>
/// <param name="AvailableBytes">Memory that the process may use: that of the machine or of its container.</param>
/// <param name="Gpus">The memory of the GPUs; empty if the model is not on one, or if <c>nvidia-smi</c> cannot be run.</param>
/// <param name="CpuSeconds">Processor time of the process.</param>
internal sealed record SystemStatus(
    string? Device,
    int Processors,
    int Threads,
    long ResidentBytes,
    long ManagedBytes,
    long PoolBytes,
    long AvailableBytes,
    double CpuSeconds,
    string Runtime,
    string OperatingSystem,
    IReadOnlyList<GpuMemory> Gpus);

using System.Globalization;

namespace HnmStreams.Web.Operating;

/// <summary>The memory of a GPU as the driver reports it, used by all processes.</summary>
/// <param name="Index">The index of <c>nvidia-smi</c>. It differs from torch's if CUDA_VISIBLE_DEVICES selects devices.</param>
internal sealed record GpuMemory(int Index, string Name, long UsedBytes, long TotalBytes)
{
    /// <summary>The arguments of <c>nvidia-smi</c> whose output <see cref="Parse"/> reads.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["--query-gpu=index,name,memory.used,memory.total", "--format=csv,noheader,nounits"];

    private const long Mebibyte = 1024 * 1024;

    /// <summary>Reads the output of <c>nvidia-smi</c>: a line per GPU with index, name, and two numbers in MiB. Lines without numbers, as of GPUs that do not report their memory, are skipped. Pure.</summary>
    public static IReadOnlyList<GpuMemory> Parse(string output) => [.. output.Split('\n').Select(Line).OfType<GpuMemory>()];

    private static GpuMemory? Line(string line)
    {
        // Only the name may contain a comma.
        var parts = line.Split(',', StringSplitOptions.TrimEntries);
        return parts.Length >= 4
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var used)
            && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            ? new GpuMemory(index, string.Join(", ", parts[1..^2]), used * Mebibyte, total * Mebibyte)
            : null;
    }
}

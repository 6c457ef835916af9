using System.Globalization;

namespace HnmStreams.Chaos.Attack;

/// <summary>The peak of a process's resident memory (Linux, <c>/proc</c>), which can be reset.</summary>
internal static class ResidentMemory
{
    /// <summary>Begins a new measurement of the peak.</summary>
    public static void ResetPeak(int process) => File.WriteAllText(Path(process, "clear_refs"), "5");

    /// <summary>Returns the peak since <see cref="ResetPeak"/> in bytes.</summary>
    public static long Peak(int process)
    {
        var line = File.ReadLines(Path(process, "status")).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static string Path(int process, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}");
}

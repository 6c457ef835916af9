using System.Diagnostics;
using System.Globalization;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>Which process.</summary>
/// <param name="Started">For people.</param>
/// <param name="Space">Names the boot and the process namespace in which the id means anything; empty where unknown.</param>
/// <param name="StartTicks">Tells a process from a later one with its id; since boot.</param>
internal sealed record LeaseOwner(string Host, int ProcessId, DateTimeOffset Started, string Space, long StartTicks)
{
    /// <summary>Field 22 of <c>/proc/pid/stat</c>, counted from behind the command's closing bracket.</summary>
    private const int StartTicksField = 19;

    public static LeaseOwner ThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new LeaseOwner(Environment.MachineName, process.Id, new DateTimeOffset(process.StartTime), ThisSpace(), TicksOf(process.Id) ?? 0);
    }

    /// <summary>True only where it is certain: the process ran in this very system and is no more. So a restart after a kill need not wait.</summary>
    public bool IsGone() => Space.Length > 0 && string.Equals(Space, ThisSpace(), StringComparison.Ordinal) && TicksOf(ProcessId) != StartTicks;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} on {Host}, started {Started:u}");

    private static string ThisSpace()
    {
        try
        {
            return OperatingSystem.IsLinux() && new FileInfo("/proc/self/ns/pid").LinkTarget is { } space
                ? $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {space}"
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long? TicksOf(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // A zombie holds its id, but does nothing any more.
            return fields.Length > StartTicksField && fields[0] is not ("Z" or "X") ? long.Parse(fields[StartTicksField], CultureInfo.InvariantCulture) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}

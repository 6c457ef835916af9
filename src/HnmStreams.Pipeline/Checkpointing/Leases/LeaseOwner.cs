using System.Diagnostics;
using System.Globalization;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The process that holds a lease.</summary>
/// <param name="Started">The start time, for people.</param>
/// <param name="Space">The boot and the process namespace in which the process id is valid; empty if unknown.</param>
/// <param name="StartTicks">The start time in ticks since boot, which distinguishes a process from a later one with the same id.</param>
internal sealed record LeaseOwner(string Host, int ProcessId, DateTimeOffset Started, string Space, long StartTicks)
{
    /// <summary>The index of field 22 of <c>/proc/pid/stat</c> after the closing bracket of the command.</summary>
    private const int StartTicksField = 19;

    public static LeaseOwner ThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new LeaseOwner(Environment.MachineName, process.Id, new DateTimeOffset(process.StartTime), ThisSpace(), TicksOf(process.Id) ?? 0);
    }

    /// <summary>Returns true only if it is certain that the process has ended: it ran in this system and does not exist any more. So a restart after a kill need not wait.</summary>
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
            // A zombie keeps its id but does not run any more.
            return fields.Length > StartTicksField && fields[0] is not ("Z" or "X") ? long.Parse(fields[StartTicksField], CultureInfo.InvariantCulture) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace HnmStreams.Chaos.Networks;

/// <summary>A network namespace of Linux with an Ethernet device. It is removed by <see cref="Dispose"/>, and by the next run if this process is killed.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const string Prefix = "hnm-chaos-";
    private const string Folder = "/run/netns";
    private const int CloneNewNet = 0x4000_0000;
    private const int PrefixLength = 24;
    private static int _created;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Returns the reason why namespaces cannot be used here, or null if they can.</summary>
    public static string? ReasonForAbsence() =>
        !OperatingSystem.IsLinux() ? "network namespaces need Linux"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root: run the command as root"
        : !IsInstalled("ip") ? "network namespaces need the command ip: install iproute2"
        : !IsInstalled("unshare") ? "network namespaces need the command unshare: install util-linux"
        : !File.Exists(TapDevice.Path) ? $"network namespaces need {TapDevice.Path}: load the kernel module tun, or give the container the device"
        : TryCreate();

    /// <summary>Creates a namespace, whose name includes the process id and so shows to whom it belongs.</summary>
    /// <exception cref="InvalidOperationException">The namespace cannot be created.</exception>
    public static NetworkNamespace Create(string name)
    {
        var created = new NetworkNamespace(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _created)}-{name}"));
        Ip("netns", "add", created.Name);
        return created;
    }

    /// <summary>Removes the namespaces of runs that were killed.</summary>
    public static void RemoveAbandoned()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var name in Directory.GetFiles(Folder, $"{Prefix}*").Select(path => Path.GetFileName(path)!))
        {
            if (int.TryParse(name[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
                Ip("netns", "delete", name);
        }
    }

    /// <summary>Adds an Ethernet device with an address to the namespace, and returns its other end.</summary>
    public TapDevice AddDevice(string address)
    {
        const string device = "eth0";
        var tap = Run(() => TapDevice.Open(device));
        Ip("-n", Name, "address", "add", string.Create(CultureInfo.InvariantCulture, $"{address}/{PrefixLength}"), "dev", device);
        Ip("-n", Name, "link", "set", device, "up");
        Ip("-n", Name, "link", "set", "lo", "up");
        return tap;
    }

    /// <summary>Runs an action on a thread inside the namespace: sockets and threads that it creates belong to the namespace.</summary>
    public T Run<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
#pragma warning disable CA1031 // Every failure belongs to the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
        return result;
    }

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Folder, Name)))
            Ip("netns", "delete", Name);
    }

    private static string? TryCreate()
    {
        try
        {
            using var probe = Create("probe");
            using var device = probe.AddDevice("10.73.0.254");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return $"network namespaces cannot be created here: {e.Message.TrimEnd('.')}";
        }
    }

    private void Enter()
    {
        var file = Open(Path.Combine(Folder, Name), 0);
        if (file < 0)
            throw new Win32Exception();
        try
        {
            if (SetNamespace(file, CloneNewNet) != 0)
                throw new Win32Exception();
        }
        finally
        {
            _ = Close(file);
        }
    }

    private static bool IsInstalled(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    private static void Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed: {error.Trim()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int type);
}

using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Torch.Native;

/// <summary>
/// libtorch, loaded from the first folder that has it. Its libraries are loaded by full path in the order of their
/// dependencies: one that is loaded already satisfies, by its SONAME, everybody who asks for it later.
/// </summary>
/// <param name="Version">Null where no folder had it; the system's library path may still.</param>
/// <param name="Handle">Of <c>libtorch_cpu</c>, or 0.</param>
/// <param name="Description">Folder, and how it came to be looked at.</param>
/// <param name="Tried">A line for each folder that did not do.</param>
internal sealed record LibTorchFolder(Version? Version, nint Handle, string Description, string Tried)
{
    private const string Main = "libtorch_cpu.so";

    private static readonly string[] InOrder = ["libc10.so", Main, "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    /// <exception cref="TorchLoadException">The libtorch found is of another version.</exception>
    public static LibTorchFolder Load(IEnumerable<(string Folder, string Origin)> candidates)
    {
        OpenMpWaiting.Shorten();
        var tried = new StringBuilder();
        foreach (var (folder, origin) in candidates)
        {
            if (!LibTorchLocator.HoldsLibTorch(folder))
                tried.Append(null, $"  {folder} ({origin}): no {Main} there\n");
            else if (LoadAll(folder, tried) is var handle and not 0)
                return new LibTorchFolder(LibTorchVersion.Of(handle), handle, $"{folder} ({origin})", tried.ToString());
        }

        return new LibTorchFolder(null, 0, "the system's library path", tried.ToString());
    }

    /// <summary>What the loader said, on one line and without the runtime's advice.</summary>
    public static string Reason(Exception e) => e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } lines
        ? string.Join("; ", lines.Skip(1).Distinct(StringComparer.Ordinal))
        : e.Message;

    private static nint LoadAll(string folder, StringBuilder tried)
    {
        nint main = 0;
        foreach (var name in InOrder)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                continue;
            try
            {
                var handle = NativeLibrary.Load(path);
                if (!string.Equals(name, Main, StringComparison.Ordinal))
                    continue;
                LibTorchVersion.Check(LibTorchVersion.Of(handle), folder);
                main = handle;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                tried.Append(null, $"  {path}: {Reason(e)}\n");
                return 0;
            }
        }

        return main;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Torch.Native;

/// <summary>
/// The libtorch in use, loaded from the first folder that holds one. Its libraries are loaded by full path in the order of
/// their dependencies: a library that is loaded satisfies, by its SONAME, every later request for that name.
/// </summary>
/// <param name="Version">Null if no folder holds libtorch; the system's library path may still.</param>
/// <param name="Handle">The handle of <c>libtorch_cpu</c>, or 0.</param>
/// <param name="Description">The folder and the reason it was searched.</param>
/// <param name="Tried">One line per folder that could not be used.</param>
internal sealed record LibTorchFolder(Version? Version, nint Handle, string Description, string Tried)
{
    private const string Main = "libtorch_cpu.so";

    private static readonly string[] InOrder = ["libc10.so", Main, "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    /// <summary>Loads libtorch from the first candidate that holds it.</summary>
    /// <exception cref="TorchLoadException">The libtorch found is of another version.</exception>
    public static LibTorchFolder Load(IEnumerable<(string Folder, string Origin)> candidates)
    {
        OpenMpWaiting.Shorten();
        var tried = new StringBuilder();
        foreach (var (folder, origin) in candidates)
        {
            if (!LibTorchLocator.HoldsLibTorch(folder))
                tried.Append(null, $"  {folder} ({origin}): it has no {Main}\n");
            else if (LoadAll(folder, tried) is var handle and not 0)
                return new LibTorchFolder(LibTorchVersion.Of(handle), handle, $"{folder} ({origin})", tried.ToString());
        }

        return new LibTorchFolder(null, 0, "the system's library path", tried.ToString());
    }

    /// <summary>Returns the loader's error for a library that does not load.</summary>
    public static string LoadError(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return "it loads, but TorchSharp did not request it";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return Reason(e);
        }
    }

    /// <summary>Returns the loader's messages on one line, without the runtime's general advice.</summary>
    private static string Reason(Exception e) => e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } lines
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

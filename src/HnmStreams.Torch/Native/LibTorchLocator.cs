namespace HnmStreams.Torch.Native;

/// <summary>The folders that may hold libtorch, in search order.</summary>
internal static class LibTorchLocator
{
    /// <summary>The environment variable that names a folder with libtorch. If it is set, no other folder is searched.</summary>
    public const string Variable = "HNM_LIBTORCH";

    /// <summary>
    /// The name of the file beside the assemblies that holds the path of libtorch's package folder. The build writes
    /// it; a published application has none.
    /// </summary>
    public const string PathFile = "libtorch.path";

    /// <param name="overriding">The value of <see cref="Variable"/>. If it is set, no other folder is searched.</param>
    /// <param name="baseDirectory">The folder of the application.</param>
    /// <returns>Each folder with the origin of its name. The folders need not exist.</returns>
    public static IEnumerable<(string Folder, string Origin)> Candidates(string? overriding, string baseDirectory)
    {
        if (!string.IsNullOrWhiteSpace(overriding))
        {
            yield return (overriding, Variable);
            yield break;
        }

        yield return (Path.Combine(baseDirectory, "libtorch"), "published beside the application");
        yield return (Path.Combine(baseDirectory, "runtimes", "linux-x64", "native"), "copied by the package");
        yield return (baseDirectory, "the application's own folder");
        var pathFile = Path.Combine(baseDirectory, PathFile);
        if (!File.Exists(pathFile))
            yield break;
        var folder = File.ReadAllText(pathFile).Trim();
        if (folder.Length > 0)
            yield return (folder, "package folder of the build, from " + PathFile);
    }

    /// <summary>Returns true if the folder has <c>libtorch_cpu.so</c>, the library that all others depend on.</summary>
    public static bool HoldsLibTorch(string folder) => File.Exists(Path.Combine(folder, "libtorch_cpu.so"));
}

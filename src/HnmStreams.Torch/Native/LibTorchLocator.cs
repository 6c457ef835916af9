namespace HnmStreams.Torch.Native;

/// <summary>Where libtorch may lie, in the order in which it is looked for.</summary>
internal static class LibTorchLocator
{
    /// <summary>Names a folder with libtorch; looked at before all others.</summary>
    public const string Variable = "HNM_LIBTORCH";

    /// <summary>Written by the build beside the assemblies; holds the package's folder. Not there after a publish.</summary>
    public const string PathFile = "libtorch.path";

    /// <param name="overriding">Value of <see cref="Variable"/>: when it is set, no other folder is looked at.</param>
    /// <param name="baseDirectory">Folder of the application.</param>
    /// <returns>Folder and where its name came from; the folders need not exist.</returns>
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

    /// <summary>True where the folder has the library that everything else hangs on.</summary>
    public static bool HoldsLibTorch(string folder) => File.Exists(Path.Combine(folder, "libtorch_cpu.so"));
}

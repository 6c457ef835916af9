using System.Diagnostics;

namespace HnmStreams.EndToEnd.Tests.Processes;

/// <summary>A program of a Debian package that some tests need and that may not be installed.</summary>
internal static class DebianTool
{
    /// <summary>Returns the path of the program. Skips the calling test if it is not in PATH.</summary>
    public static string OrSkip(string name, string package)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"The test needs {name} in PATH. Install the Debian package {package}.");
        return path!;
    }

    /// <summary>Runs a program until it exits.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + error);
    }
}

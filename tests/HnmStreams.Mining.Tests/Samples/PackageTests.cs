using System.ComponentModel;
using System.Diagnostics;
using HnmStreams.Testing;

namespace HnmStreams.Mining.Tests.Samples;

public sealed class PackageTests
{
    private const string Program = """
        var stream = Enumerable.Range(0, 5_000).Select(i => ((long)i, $"{i}", (float)i));
        foreach (var batch in HnmStreams.Mining.Tests.Samples.MiningSample.Run(stream))
            Console.WriteLine(string.Join(' ', batch));
        """;

    /// <summary>Packs the library, restores the package into an empty project from a local folder and the NuGet cache, and runs the sample of the README.</summary>
    [Fact(Timeout = 600_000)]
    public async Task The_sample_runs_on_the_packed_library()
    {
        var root = ReadmeQuotes.RepositoryRoot();
        using var folder = new TemporaryFolder();
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await RunAsync(root, "pack", Path.Combine(root, "src/HnmStreams.Mining"), "-c", configuration, "--no-build", "-o", folder["packages"]);

        folder.With("app/app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestoreSources>{folder["packages"]}</RestoreSources>
                <RestorePackagesPath>{folder["cache"]}</RestorePackagesPath>
                <RestoreFallbackFolders>{NuGetCache()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="HnmStreams.Mining" Version="*-*" />
              </ItemGroup>
            </Project>
            """);
        folder.With("app/Program.cs", Program);
        folder.With("app/MiningSample.cs", await File.ReadAllTextAsync(Path.Combine(root, "tests/HnmStreams.Mining.Tests/Samples/MiningSample.cs"), TestContext.Current.CancellationToken));
        var printed = await RunAsync(folder["app"], "run", "-c", "Release");

        var expected = MiningSample.Run(Enumerable.Range(0, 5_000).Select(i => ((long)i, $"{i}", (float)i)));
        Assert.Equal(expected.Select(batch => string.Join(' ', batch)), printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static string NuGetCache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"The package cannot be built without the .NET SDK: {e.Message}");
            return "";
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} exited with {process.ExitCode}:\n{output}{await error}");
            return output;
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HnmStreams.Benchmarks.Pools;

/// <summary>A C++ program that does the same work. It is compiled with g++ and run once per round, and it prints capacity, case and millions of offers per second.</summary>
internal sealed partial class CppReference(string program) : IDisposable
{
    /// <summary>Compiles the source. Returns null and the reason if no source is named, or if it does not exist or compile.</summary>
    public static CppReference? TryCompile(string? source, out string reason)
    {
        reason = "";
        if (source is null || !File.Exists(source))
        {
            reason = source is null ? "--reference is not set" : $"--reference must be an existing file but is '{source}'";
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("hnm-benchmark-").FullName;
        try
        {
            var program = Path.Combine(folder, "topk");
            var (code, _, error) = Run("g++", ["-O2", "-std=c++17", source, "-o", program]);
            if (code == 0)
                return new CppReference(program);
            reason = $"g++ failed to compile '{source}': {error.Trim()}";
        }
        catch (Win32Exception)
        {
            reason = "g++ is not installed";
        }

        Directory.Delete(folder, recursive: true);
        return null;
    }

    /// <summary>Runs the program and returns millions of offers per second by case.</summary>
    public Dictionary<string, double> Measure()
    {
        var (code, output, error) = Run(program, ["1"]);
        if (code != 0)
            throw new InvalidOperationException($"The C++ reference exited with code {code}: {error.Trim()}");
        var rates = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Match line in Line().Matches(output))
        {
            var kind = line.Groups["kind"].Value switch
            {
                "iid" => OfferKind.Random,
                "rising" => OfferKind.Rising,
                _ => OfferKind.Updates,
            };
            rates[$"{line.Groups["residents"].Value}/{kind}"] = double.Parse(line.Groups["rate"].Value, CultureInfo.InvariantCulture);
        }

        return rates.Count == 9 ? rates : throw new InvalidOperationException($"The C++ reference printed {rates.Count} of 9 cases.");
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);

    [GeneratedRegex(@"K=(?<residents>\d+)\s+indexed heap (?<kind>iid|rising|updates).*?(?<rate>[\d.]+) M offers/s", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Line();

    private static (int Code, string Output, string Error) Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}

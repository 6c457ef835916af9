using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HnmStreams.Host.Bench.Pools;

/// <summary>A program in C++ that does the same, compiled here and run once a round; its lines name size, case and millions of offers a second.</summary>
internal sealed partial class CppReference(string program) : IDisposable
{
    /// <summary>Null, with the reason, where there is no source or no compiler.</summary>
    public static CppReference? TryCompile(string source, out string reason)
    {
        reason = "";
        if (!File.Exists(source))
        {
            reason = $"no C++ reference at {source}: name one with --reference";
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("hnm-bench-").FullName;
        try
        {
            var program = Path.Combine(folder, "topk");
            var (code, _, error) = Run("g++", ["-O2", "-std=c++17", source, "-o", program]);
            if (code == 0)
                return new CppReference(program);
            reason = $"g++ did not compile {source}: {error.Trim()}";
        }
        catch (Win32Exception)
        {
            reason = "no C++ compiler (g++) on this machine";
        }

        Directory.Delete(folder, recursive: true);
        return null;
    }

    /// <summary>Millions of offers a second by the name of the case.</summary>
    public Dictionary<string, double> Measure()
    {
        var (code, output, error) = Run(program, ["1"]);
        if (code != 0)
            throw new InvalidOperationException($"The C++ reference ended with {code}: {error.Trim()}");
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

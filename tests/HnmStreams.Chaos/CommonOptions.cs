using System.CommandLine;

namespace HnmStreams.Chaos;

/// <summary>The options that all commands of this project share.</summary>
internal sealed class CommonOptions
{
    public Option<ulong> Seed { get; } = new("--seed") { HelpName = "N", Description = "Seed of all random choices", DefaultValueFactory = _ => 1 };

    public Option<string?> Summary { get; } = new("--summary") { HelpName = "FILE", Description = "File for the result as JSON" };

    public Option<string> Hnm { get; } = new("--hnm")
    {
        HelpName = "FILE",
        Description = "Path of the service's executable",
        DefaultValueFactory = _ => Path.GetFullPath("src/HnmStreams.Host/bin/Release/net10.0/hnm"),
    };

    public Option<string?> Work { get; } = new("--work")
    {
        HelpName = "DIR",
        Description = "Folder for state and logs (default: a temporary folder, which is deleted if the run passes)",
    };

    public static string? KafkaHome => Environment.GetEnvironmentVariable("KAFKA_HOME");

    public static string? Bootstrap => Environment.GetEnvironmentVariable("HNM_TEST_KAFKA");

    public string HnmOf(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Hnm)!);

    public string? SummaryOf(ParseResult parsed) => parsed.GetValue(Summary) is { } file ? Path.GetFullPath(file) : null;

    /// <summary>Returns the reason why the run cannot start, or null if it can.</summary>
    public string? Validate(ParseResult parsed) =>
        !File.Exists(HnmOf(parsed)) ? $"--hnm {HnmOf(parsed)}: the file does not exist; build the service first (make hnm)"
        : Bootstrap is null && KafkaHome is null ? "a real Kafka is needed: set KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17) or HNM_TEST_KAFKA (host:port)"
        : null;

    /// <summary>Runs in the work folder and returns the exit code: 0 if the run passed, else 1. A temporary folder is deleted if the run passed.</summary>
    /// <param name="success">The message for a run that passed.</param>
    /// <param name="run">The run; its argument is the work folder.</param>
    public async Task<int> RunAsync(ParseResult parsed, string name, string success, Func<string, Task<bool>> run)
    {
        var given = parsed.GetValue(Work);
        var work = given is null ? Directory.CreateTempSubdirectory($"hnm-{name}-").FullName : Path.GetFullPath(given);
        var passed = false;
        try
        {
            Console.WriteLine($"Seed {parsed.GetValue(Seed)}, work folder {work}");
            passed = await run(work);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
        }

        Console.WriteLine(passed ? success : $"FAILED; state and logs are in {work}");
        if (passed && given is null)
            Directory.Delete(work, recursive: true);
        return passed ? 0 : 1;
    }
}

using System.CommandLine;

namespace HnmStreams.Chaos;

/// <summary>Options that every command here has.</summary>
internal sealed class CommonOptions
{
    public Option<ulong> Seed { get; } = new("--seed") { HelpName = "N", Description = "Of everything that is drawn", DefaultValueFactory = _ => 1 };

    public Option<string?> Summary { get; } = new("--summary") { HelpName = "FILE", Description = "Write the verdict as JSON" };

    public Option<string> Hnm { get; } = new("--hnm")
    {
        HelpName = "FILE",
        Description = "The service's executable",
        DefaultValueFactory = _ => Path.GetFullPath("src/HnmStreams.Host/bin/Release/net10.0/hnm"),
    };

    public Option<string?> Work { get; } = new("--work")
    {
        HelpName = "DIR",
        Description = "Folder for state and logs; a temporary one, deleted when all went well, unless given",
    };

    public static string? KafkaHome => Environment.GetEnvironmentVariable("KAFKA_HOME");

    public static string? Bootstrap => Environment.GetEnvironmentVariable("HNM_TEST_KAFKA");

    public string HnmOf(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Hnm)!);

    public string? SummaryOf(ParseResult parsed) => parsed.GetValue(Summary) is { } file ? Path.GetFullPath(file) : null;

    /// <summary>Why it cannot begin; null where it can.</summary>
    public string? WhyNot(ParseResult parsed) =>
        !File.Exists(HnmOf(parsed)) ? $"--hnm {HnmOf(parsed)}: there is no such file; build the service first (make hnm)"
        : Bootstrap is null && KafkaHome is null ? "a real Kafka is needed: set KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17) or HNM_TEST_KAFKA (host:port)"
        : null;

    /// <summary>Runs in the work folder to an exit code: 0 proven, 1 not; a temporary folder goes when it was.</summary>
    /// <param name="run">Gets the folder.</param>
    public async Task<int> RunAsync(ParseResult parsed, string name, string good, Func<string, Task<bool>> run)
    {
        var given = parsed.GetValue(Work);
        var work = given is null ? Directory.CreateTempSubdirectory($"hnm-{name}-").FullName : Path.GetFullPath(given);
        var proven = false;
        try
        {
            Console.WriteLine($"seed {parsed.GetValue(Seed)}, work in {work}");
            proven = await run(work);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
        }

        Console.WriteLine(proven ? good : $"NOT proven; state and logs are in {work}");
        if (proven && given is null)
            Directory.Delete(work, recursive: true);
        return proven ? 0 : 1;
    }
}

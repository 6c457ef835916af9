using SharpFuzz;

namespace HnmStreams.Fuzzing.Running;

/// <summary>Adds the probes of coverage to the assemblies of the product in a folder, in place.</summary>
internal static class Instrumentation
{
    // The fuzz program itself is not instrumented: it would measure the checks.
    private static readonly string[] Assemblies = ["Data", "Mining", "Evaluation", "Kafka", "Torch", "Tasks", "Pipeline", "Configuration"];

    /// <summary>Instruments a copy of this program's folder.</summary>
    /// <returns>The number of instrumented types.</returns>
    public static int Apply(string folder) => Assemblies.Sum(name =>
        Fuzzer.Instrument(Path.Combine(folder, $"HnmStreams.{name}.dll"), IsInstrumented, Options.Value).Count());

    // Module initializers load libtorch before afl-fuzz has shared its memory with the process.
    private static bool IsInstrumented(string type) => type != "<Module>" && !type.StartsWith("HnmStreams.Torch.Native.", StringComparison.Ordinal);
}

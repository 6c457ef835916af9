namespace HnmStreams.Benchmarks.Commands;

/// <summary>The parts of the process that a benchmark uses.</summary>
/// <param name="WorkingFolder">The folder that relative paths start from.</param>
internal sealed record BenchmarkContext(TextWriter Out, TextWriter Error, string WorkingFolder, TimeProvider Time)
{
    public static BenchmarkContext OfProcess() => new(Console.Out, Console.Error, Directory.GetCurrentDirectory(), TimeProvider.System);

    /// <summary>Returns the absolute path of a file that the command line names.</summary>
    public string PathOf(string file) => Path.GetFullPath(file, WorkingFolder);
}

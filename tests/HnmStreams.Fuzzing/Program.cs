using System.CommandLine;
using HnmStreams.Fuzzing;
using HnmStreams.Fuzzing.Running;
using SharpFuzz;

var name = new Argument<string>("target") { Description = $"One of {string.Join(", ", FuzzTargets.Names)}" };
name.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
var folder = new Argument<string>("folder");
var files = new Argument<string[]>("files");
var zip = new Argument<string>("zip");

var list = new Command("targets", "List the targets");
list.SetAction(_ =>
{
    foreach (var target in FuzzTargets.Names)
        Console.WriteLine(target);
});

var instrument = new Command("instrument", "Add coverage probes to the assemblies in a copy of this program's folder") { folder };
instrument.SetAction(parsed => Console.WriteLine($"{Instrumentation.Apply(parsed.GetValue(folder)!)} types are instrumented."));

var extract = new Command("extract", "Write the seeds and the corpus of a target as files") { name, folder };
extract.SetAction(parsed =>
{
    using var target = FuzzTargets.Create(parsed.GetValue(name)!);
    Corpus.Extract(target, parsed.GetValue(folder)!);
});

var pack = new Command("pack", "Write the files of a folder as the corpus of a target") { name, folder, zip };
pack.SetAction(parsed =>
{
    using var target = FuzzTargets.Create(parsed.GetValue(name)!);
    Console.WriteLine($"{Corpus.Pack(target, parsed.GetValue(folder)!, parsed.GetValue(zip)!)} inputs are packed.");
});

var run = new Command("run", "Read inputs from afl-fuzz") { name };
run.SetAction(parsed =>
{
    // Instrumented code needs the memory that it shares with afl-fuzz, so the target is created inside.
    FuzzTarget? target = null;
    Fuzzer.Run(stream =>
    {
        target ??= Prepared(parsed.GetValue(name)!);
        using var input = new MemoryStream();
        stream.CopyTo(input);
        target.Run(input.ToArray());
    });
    target?.Dispose();
});

var replay = new Command("replay", "Read files and print the failures") { name, files };
replay.SetAction(parsed =>
{
    using var target = FuzzTargets.Create(parsed.GetValue(name)!);
    var failed = 0;
    foreach (var file in parsed.GetValue(files)!)
    {
        try
        {
            target.Run(File.ReadAllBytes(file));
        }
#pragma warning disable CA1031 // Every exception is a finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed++;
            Console.WriteLine($"{file}: {e}");
        }
    }

    return failed == 0 ? 0 : 1;
});

return await new RootCommand("Fuzz targets of the readers of untrusted input. .ci/fuzz --coverage runs them under afl-fuzz.") { list, instrument, extract, pack, run, replay }.Parse(args).InvokeAsync();

// What runs once per process, such as static constructors, must not look like coverage of the first inputs.
static FuzzTarget Prepared(string name)
{
    var target = FuzzTargets.Create(name);
    foreach (var input in target.Seeds())
        target.Run(input);
    return target;
}

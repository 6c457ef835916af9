using System.CommandLine;
using BenchmarkDotNet.Running;
using HnmStreams.Host.Application;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>micro</c>: the BenchmarkDotNet classes in <c>Micro/</c>. All arguments go to BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments") { Description = "Arguments for BenchmarkDotNet, such as -- --filter '*Pool*'", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("micro", "BenchmarkDotNet micro-benchmarks") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]);
            return ExitCodes.Ok;
        });
        return command;
    }
}

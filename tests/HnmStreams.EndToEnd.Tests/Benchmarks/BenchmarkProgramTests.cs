using HnmStreams.Benchmarks.Commands;
using HnmStreams.Host.Application;

namespace HnmStreams.EndToEnd.Tests.Benchmarks;

public sealed class BenchmarkProgramTests
{
    [Fact(Timeout = 600_000)]
    public async Task Lists_the_benchmarks_without_arguments()
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Ok, await InvokeAsync(output, TextWriter.Null, CancellationToken.None));
        foreach (var name in (string[])["pipeline", "exact", "telemetry", "pool", "search", "policies", "poisoning", "delayed", "regret", "waiting", "latency", "cluster", "learner-edge", "transport", "backbone", "gpu", "micro"])
            Assert.Matches($@"(?m)^  {name} +\S", output.ToString());
    }

    [Theory(Timeout = 600_000)]
    [InlineData("pipeline", "--rounds", "0")]
    [InlineData("pool", "--bogus")]
    [InlineData("poisoning", "--shares", "0.1,2")]
    [InlineData("regret", "--task", "task.json", "--hard-shares", "0.5,2")]
    [InlineData("regret")]
    [InlineData("latency", "--load", "1.5")]
    [InlineData("backbone", "--rows", "8")]
    [InlineData("gpu", "--batch", "0")]
    [InlineData("unknown")]
    public async Task Rejects_an_invalid_command_line(params string[] args)
    {
        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Usage, await InvokeAsync(TextWriter.Null, error, CancellationToken.None, args));
        Assert.NotEmpty(error.ToString());
    }

    // Each benchmark would take hours. It is canceled while it runs.
    [Theory(Timeout = 600_000)]
    [InlineData("policies", "--examples", "100000000")]
    [InlineData("waiting", "--examples", "1000000000")]
    [InlineData("poisoning", "--seeds", "1000")]
    [InlineData("latency", "--model", "light", "--events", "1024", "--rounds", "100000")]
    [InlineData("delayed", "--seeds", "1000", "--examples", "20000")]
    [InlineData("learner-edge", "--rows", "1000000000")]
    [InlineData("transport", "--rounds", "1000000", "--megabytes", "1")]
    [InlineData("search", "--rounds", "100000", "--queries", "100", "--candidates", "1000")]
    [InlineData("pipeline", "--model", "light", "--examples", "1024", "--rounds", "100000")]
    [InlineData("exact", "--model", "light", "--examples", "1024", "--rounds", "100000")]
    public async Task Exits_with_130_when_it_is_interrupted(params string[] args)
    {
        using var error = new StringWriter();
        using var interruption = new CancellationTokenSource();
        var running = InvokeAsync(TextWriter.Null, error, interruption.Token, args);
        await interruption.CancelAsync();
        Assert.Equal(ExitCodes.Interrupted, await running);
        Assert.Contains("interrupted before it finished", error.ToString(), StringComparison.Ordinal);
    }

    private static Task<int> InvokeAsync(TextWriter output, TextWriter error, CancellationToken cancellation, params string[] args) =>
        BenchmarkProgram.InvokeAsync(args, new BenchmarkContext(output, error, Directory.GetCurrentDirectory(), TimeProvider.System), cancellation);
}

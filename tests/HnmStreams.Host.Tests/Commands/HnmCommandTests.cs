using HnmStreams.Host.Application;
using HnmStreams.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Commands;

public class HnmCommandTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("produce", "--help")]
    [InlineData("broker", "--help")]
    [InlineData("config", "--help")]
    public async Task Every_command_has_help_with_the_exit_codes(params string[] args)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Ok, await test.InvokeAsync(args));
        foreach (var code in (int[])[ExitCodes.Ok, ExitCodes.Failure, ExitCodes.Usage, ExitCodes.Interrupted])
            Assert.Matches($@"(?m)^  {code} +\S", test.Out.ToString());
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("run", "--bogus")]
    [InlineData("run", "--limit")]
    [InlineData("unknown")]
    public async Task An_invalid_command_line_exits_with_2(params string[] args)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync(args));
        Assert.NotEmpty(test.Error.ToString());
    }

    [Theory]
    [InlineData("run", "--limit", "none", "--for", "5")]
    [InlineData("produce", "--limit", "0", "--rate", "fast")]
    [InlineData("broker", "--partitions", "0", "--topic", "a b")]
    public async Task Validates_options_like_settings(params string[] args)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync(args));
        Assert.StartsWith("hnm: 2 settings are invalid; nothing was started:", test.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("(command line): must be", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_comparison_exits_with_130_on_the_first_signal()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        // The comparison would take hours. The signal arrives while it runs.
        var comparing = test.InvokeAsync("compare", "cost", "--seeds", "1000");
        test.Signals.Raise();
        Assert.Equal(ExitCodes.Interrupted, await comparing);
        Assert.Contains("interrupted before it finished", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hnm compare quality", "bench", "quality", "--seeds", "2")]
    [InlineData("hnm compare cost", "bench", "cost")]
    [InlineData("make bench ARGS=\"search\"", "bench", "mine")]
    [InlineData("make bench ARGS=\"pipeline\"", "bench", "pipeline", "--model", "cnn")]
    [InlineData("make bench", "bench")]
    public async Task The_removed_bench_command_names_its_replacement(string replacement, params string[] args)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync(args));
        Assert.Contains(replacement, test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sets_a_single_seed()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Ok, await test.InvokeAsync("config", "--set", "pipeline.seed=3"));
        Assert.Contains("pipeline.seed = 3  (--set)", test.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("synthetic.seed = 1  (default)", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejects_a_data_set_for_a_run_on_an_external_broker()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("run", "--data", "x.csv", "--set", "kafka.bootstrapServers=127.0.0.1:1", "--set", "models.folder="));
        Assert.Contains("hnm produce", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Produce_without_a_broker_names_the_option()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("produce", "--limit", "3"));
        Assert.Contains("--bootstrap", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_runs_until_it_is_stopped()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        var running = test.InvokeAsync("broker", "--topic", "made");
        test.Signals.Raise();
        Assert.Equal(ExitCodes.Ok, await running);
        Assert.Matches(@"bootstrap 127\.0\.0\.1:\d+", test.Out.ToString());
        Assert.Contains("made made.dead-letters", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_signal_stops_and_the_second_aborts()
    {
        var time = new FakeTimeProvider();
        using var signals = new StopSignals(time);
        signals.Raise();
        Assert.True(signals.Stop.IsCancellationRequested);
        // timeout(1) sends the signal twice, to the process and to its group.
        signals.Raise();
        Assert.Equal((true, false), (signals.Stop.IsCancellationRequested, signals.Abort.IsCancellationRequested));
        time.Advance(TimeSpan.FromMilliseconds(300));
        signals.Raise();
        signals.Raise();
        Assert.True(signals.Abort.IsCancellationRequested);
    }

    [Fact]
    public void A_failure_lists_each_cause_once()
    {
        var error = new AggregateException(new InvalidOperationException("outer", new IOException("inner", new IOException("inner"))));
        Assert.Equal("outer <- inner", FailureText.Of(error));
    }
}

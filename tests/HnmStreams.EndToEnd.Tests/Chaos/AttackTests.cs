using HnmStreams.Chaos.Attack;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Chaos;

/// <summary>The short form of <c>make attack</c>.</summary>
public sealed class AttackTests(ITestOutputHelper output)
{
    [Fact(Timeout = 600_000)]
    public async Task The_service_withstands_all_attacks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The attacks read /proc.");
        using var folder = new TemporaryFolder();
        var report = new StringWriter();
        var run = new AttackRun(new AttackOptions(Records: 1_000, Connections: 40, Seed: 7, HnmProcess.Executable, folder["work"]), report);
        var passed = await run.ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(passed, report.ToString());
        Assert.Equal(12, run.Results.Count);
    }

    [Fact]
    public void A_result_with_a_problem_is_marked_in_the_table()
    {
        var lines = AttackResult.Table(100L << 20, [new("slow bodies", "40 x 429", null, 1, 200L << 20, 0.1), new("hosts", "", "Host '' was answered", 1, 0, 0)]).ToList();
        Assert.Contains("ok     40 x 429", lines[2], StringComparison.Ordinal);
        Assert.Contains("FAILED Host '' was answered", lines[3], StringComparison.Ordinal);
    }
}

using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of the log of a score node that waits for its learner.</summary>
public sealed class WaitingNodeTests
{
    [Fact(Timeout = 600_000)]
    public async Task A_node_without_a_learner_reports_it_once_and_not_for_each_attempt_to_connect()
    {
        // Akka.Remote tries again every half a second.
        var (exitCode, output) = await HnmProcess.RunAsync(
            "run", "--role", "score", "--set", "cluster.enabled=true", "--set", "cluster.port=0", "--set", $"cluster.seedNodes=127.0.0.1:{FreePort.Find()}", "--set", "kafka.bootstrapServers=127.0.0.1:1",
            "--set", "http.urls=off", "--set", "run.for=8s");
        Assert.True(exitCode == 0, output);
        Assert.Equal(2, output.Split("cannot be reached: Connection refused").Length);
        Assert.DoesNotContain("Akka.Actor.ActorSystem", output, StringComparison.Ordinal);
    }
}

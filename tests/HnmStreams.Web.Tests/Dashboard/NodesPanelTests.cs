using Bunit;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Dashboard.Nodes;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class NodesPanelTests
{
    [Fact]
    public async Task Each_score_node_has_its_partitions_its_rate_and_the_age_of_its_last_admission()
    {
        var newest = RunStates.Status.Training.ModelVersion;
        var cluster = new ClusterStatus(
            3,
            [
                new NodeStatus("a", [0, 2], 1_000, 250, 1.5, 40_000_000, 2_000_000, 12, newest, 5, 0.5, 0.1),
                new NodeStatus("b", [], 0, 0, 0, 0, 0, 0, newest - 2, 0, null, 0.2),
            ],
            4,
            1);
        await using var context = new BunitContext();
        var panel = context.Render<NodesPanel>(p => p.AddCascadingValue(PanelTextTests.Data(RunStates.Snapshot with { Learner = RunStates.Status with { Cluster = cluster } }, null)));
        var sentence = string.Join(' ', panel.Find("#nodes-sum").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("2 nodes score 250 examples per second for this learner (epoch 3). Of the 38.1 MiB that they have read, 1.9 MiB came here. Batches that were read again: 1.", sentence);
        Assert.Equal(["a", "0, 2", "250", "12", $"{newest}", "0.5 s ago"], panel.FindAll("tr[data-node=a] td").Select(cell => cell.TextContent));
        Assert.Equal(["b", "none", "0", "0", $"{newest - 2} (2 behind)", "never"], panel.FindAll("tr[data-node=b] td").Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task A_learner_without_nodes_says_how_to_start_one()
    {
        await using var context = new BunitContext();
        var panel = context.Render<NodesPanel>(p => p.AddCascadingValue(PanelTextTests.Data(RunStates.Snapshot with { Learner = RunStates.Status with { Cluster = new ClusterStatus(1, [], 0, 0) } }, null)));
        Assert.Contains("hnm run --role score", panel.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_the_page_has_no_panel_about_it()
    {
        await using var context = new BunitContext();
        var panel = context.Render<NodesPanel>(p => p.AddCascadingValue(PanelTextTests.Data(RunStates.Snapshot, null)));
        Assert.Equal("", panel.Markup.Trim());
    }
}

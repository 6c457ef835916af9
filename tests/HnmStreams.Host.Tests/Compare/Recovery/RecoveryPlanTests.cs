using HnmStreams.Configuration;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Host.Compare.Recovery;

namespace HnmStreams.Host.Tests.Compare.Recovery;

public sealed class RecoveryPlanTests
{
    [Fact]
    public void Examples_of_a_class_that_appears_are_left_out_before_the_change()
    {
        var drift = new DriftOptions { Appears = { ["4"] = "5000", ["5"] = "5000" } };
        var plan = RecoveryPlan.Of(drift);
        Assert.Equal(5_000, plan.After);
        Assert.True(plan.IsBefore(Of("1")));
        Assert.False(plan.IsBefore(Of("4")));
        Assert.False(plan.IsBefore(Of("5")));
        Assert.False(plan.IsBefore(Of("negative") with { OriginalLabel = "4" }));
        Assert.True(plan.IsBefore(Of("negative") with { OriginalLabel = "1" }));
    }

    [Fact]
    public void Rates_and_flips_change_after_the_given_examples_and_leave_no_example_out()
    {
        var plan = RecoveryPlan.Of(new DriftOptions { After = 700, Rates = { ["4"] = "0.5" } });
        Assert.Equal(700, plan.After);
        Assert.True(plan.IsBefore(Of("4")));
    }

    [Fact]
    public void Rejects_a_drift_without_exactly_one_change()
    {
        Assert.Throws<SettingsException>(static () => RecoveryPlan.Of(new DriftOptions()));
        Assert.Throws<SettingsException>(static () => RecoveryPlan.Of(new DriftOptions { Flips = { ["*"] = "0.1" } }));
        var several = Assert.Throws<SettingsException>(static () => RecoveryPlan.Of(new DriftOptions { Appears = { ["4"] = "5000", ["5"] = "6000" } }));
        Assert.Contains("a change after 5000, a change after 6000", several.Message, StringComparison.Ordinal);
    }

    private static Example Of(string label) => new("id", new Target.Label(label), new ExampleInput.Text("text"));
}

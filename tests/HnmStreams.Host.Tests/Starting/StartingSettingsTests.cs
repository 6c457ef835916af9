using HnmStreams.Configuration;
using HnmStreams.Host.Starting;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Starting;

public sealed class StartingSettingsTests
{
    [Fact]
    public void Settings_follow_from_a_data_set_and_are_printed_with_their_reasons()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var settings = StartingSettings.Apply(test.Context.Settings.Load(new SettingsRequest(folder["set.json"], ["pipeline.tuning.computeShare=0.25"])), test.Context);
        Assert.Equal((0.09, 200, true), (settings.Options.Pipeline.Evaluation.HeldOutShare, settings.Options.Pipeline.Limiter.MinExamples, settings.Options.Pipeline.MiningBudget.BalanceSteps));
        Assert.Contains("start   pipeline.evaluation.heldOutShare = 0.09: 400 positives in the set, and 30 held-out ones are needed for comparisons", test.Out.ToString(), StringComparison.Ordinal);
        Assert.Equal(8, settings.Options.Pipeline.Mix.BatchSize);
        Assert.Equal((8, 120, 0.0003), (settings.Options.Pipeline.Training.InitialFactor, settings.Options.Pipeline.Training.InitialSteps, settings.Options.Pipeline.Training.WeightDecay));
        Assert.Equal(("0.09", "starting point"), SettingsView.Entries(settings).Where(e => e.Path == "pipeline.evaluation.heldOutShare").Select(e => (e.Value, e.Origin)).Single());
    }

    [Fact]
    public void Settings_of_a_person_stay_and_starting_points_can_be_switched_off()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var given = StartingSettings.Apply(test.Context.Settings.Load(new SettingsRequest(folder["set.json"], ["pipeline.tuning.computeShare=0.25", "pipeline.evaluation.heldOutShare=0.05", "pipeline.limiter.examplesPerStep=64"])), test.Context);
        Assert.Equal((0.05, false), (given.Options.Pipeline.Evaluation.HeldOutShare, given.Options.Pipeline.MiningBudget.BalanceSteps));
        var off = StartingSettings.Apply(test.Context.Settings.Load(new SettingsRequest(folder["set.json"], ["run.startingPoints=false", "pipeline.tuning.computeShare=0.25"])), test.Context);
        Assert.Equal((32, 1), (off.Options.Pipeline.Mix.BatchSize, off.Options.Pipeline.Training.InitialFactor));
        Assert.Equal((0.05, 1_024, false), (off.Options.Pipeline.Evaluation.HeldOutShare, off.Options.Pipeline.Limiter.MinExamples, off.Options.Pipeline.MiningBudget.BalanceSteps));
    }

    [Theory]
    [InlineData("tabular", null, nameof(StartingNetwork.Table))]
    [InlineData("text", null, nameof(StartingNetwork.Text))]
    [InlineData("text", "model.pt", nameof(StartingNetwork.Other))]
    [InlineData("images", null, nameof(StartingNetwork.Other))]
    [InlineData("faces", null, nameof(StartingNetwork.Other))]
    public void The_network_follows_from_the_task_and_its_model(string task, string? model, string expected)
    {
        var options = new TaskOptions { Name = task, Model = model, Tabular = { Features = 2 } };
        Assert.Equal(expected, StartingSettings.NetworkOf(options, ConfiguredTask.Create(new TaskOptions { Name = task, Tabular = { Features = 2 } })).ToString());
    }

    // 2,000 rows, of which a fifth is positive.
    private static TemporaryFolder Folder() => new TemporaryFolder()
        .With("set.csv", "a,b,state\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i % 7},{i % 11},{(i % 5 == 0 ? "bad" : "good")}\n")))
        .With("set.json", """{ "task": { "name": "tabular", "tabular": { "positive": "bad" } }, "data": { "path": "set.csv", "columns": { "label": "state" } } }""");
}

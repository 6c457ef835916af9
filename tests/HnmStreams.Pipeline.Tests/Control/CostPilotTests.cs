using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Control;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests.Control;

public sealed class CostPilotTests
{
    [Fact]
    public void A_decision_turns_the_dial_is_there_to_be_seen_and_is_logged_with_its_reason()
    {
        var options = new PipelineOptions();
        options.Control.Enabled = true;
        var dial = new MiningDial(options);
        dial.Note(beatsChance: true);
        using var logs = new LogLines();
        var pilot = new CostPilot(dial, options.Control.Cost, TimeProvider.System, logs.CreateLogger("pilot"));
        pilot.Take(Report(0, new Uplift(-0.1, -0.2, -0.05)), miningAllowed: true, arrived: 0);
        Assert.Null(pilot.Last);

        for (var i = 1; i <= CostController.Patience; i++)
        {
            Assert.Empty(logs.All);
            pilot.Take(Report(1_000 * i, new Uplift(-0.1, -0.2, -0.05)), miningAllowed: true, arrived: 10_000 * i);
        }

        var decision = pilot.Last!;
        Assert.Equal((0.05, 0.5, 0.5), (decision.ScoredShare, decision.CandidatesPerTrained, decision.HardShare));
        Assert.Equal(0.05, dial.ScoredShare);
        Assert.StartsWith("Behind random", decision.Reason, StringComparison.Ordinal);
        Assert.Contains(decision.Reason, Assert.Single(logs.All), StringComparison.Ordinal);

        // Twice as many rows for each arrival since: the same candidates are twice the share. Nothing new is nothing to log.
        pilot.Take(Report(5_000, null), miningAllowed: true, arrived: 40_000);
        Assert.Equal((0.1, 0.5), (pilot.Last!.ScoredShare, pilot.Last.CandidatesPerTrained));
        Assert.Single(logs.All);
    }

    private static ControlReport Report(long trained, Uplift? againstEqualCompute)
    {
        var standing = new LearnerStanding(new Dictionary<string, double>(StringComparer.Ordinal) { ["m"] = 0.5 }, trained / 16, trained, 1, 1);
        return new ControlReport("m", standing, standing, standing, null, againstEqualCompute, 1);
    }
}

using HnmStreams.Pipeline.Control;
using HnmStreams.Pipeline.Easing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Easing;

public sealed class EasingPilotTests
{
    [Fact]
    public void What_a_checkpoint_has_eased_is_told_from_the_start()
    {
        var dial = new MiningDial(new PipelineOptions());
        dial.Restore(dial.State, EasingState.Initial with { Eased = 2 });
        var told = new EasingPilot(dial, new EasingOptions(), TimeProvider.System, NullLogger.Instance).Last!;
        Assert.Equal((2, dial.HardShare, dial.MaximumUses), (told.Eased, told.HardShare, told.MaximumUses));
        Assert.Contains("checkpoint", told.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_mining_is_as_it_is_set_there_is_nothing_to_tell() =>
        Assert.Null(new EasingPilot(new MiningDial(new PipelineOptions()), new EasingOptions(), TimeProvider.System, NullLogger.Instance).Last);
}

using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare;

namespace HnmStreams.Host.Commands.Comparisons;

/// <summary>The <c>--processor-time</c> option of comparisons.</summary>
internal static class ProcessorTimeOption
{
    public static Option<bool> Create() => new("--processor-time")
    {
        Description = "Count seconds of processor time, which do not depend on other load. With pipeline.compute.threads=1 they compare with the clock of an idle machine",
    };

    /// <summary>Returns the context with the clock that the option selects.</summary>
    public static CommandContext WithClock(this CommandContext context, bool processorTime) => processorTime ? context with { Time = new ProcessorTimeProvider() } : context;
}

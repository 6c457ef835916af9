using System.CommandLine;
using HnmStreams.Host.Application;

namespace HnmStreams.Host.Commands.Comparisons;

/// <summary><c>hnm compare</c>: comparisons of mining with its alternatives on the user's own task and stream.</summary>
internal static class CompareCommand
{
    public static Command Create(CommandContext context) =>
        new("compare", "Compare mining with its alternatives on a task and a stream of your own")
        {
            CompareQualityCommand.Create(context), CompareCostCommand.Create(context), CompareRecoveryCommand.Create(context),
        };
}

using System.Reflection;
using NetArchTest.Rules;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>Dependencies point one way; this is where that is written down so that it cannot be forgotten.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["HnmStreams.Data"] = [],
        ["HnmStreams.Mining"] = [],
        ["HnmStreams.Evaluation"] = [],
        ["HnmStreams.Kafka"] = ["HnmStreams.Data"],
        ["HnmStreams.Torch"] = ["HnmStreams.Data"],
        ["HnmStreams.Tasks"] = ["HnmStreams.Data", "HnmStreams.Torch", "HnmStreams.Mining", "HnmStreams.Evaluation"],
        ["HnmStreams.Pipeline"] =
            ["HnmStreams.Data", "HnmStreams.Torch", "HnmStreams.Mining", "HnmStreams.Evaluation", "HnmStreams.Tasks"],
        ["HnmStreams.Offline"] =
            ["HnmStreams.Data", "HnmStreams.Torch", "HnmStreams.Mining", "HnmStreams.Evaluation", "HnmStreams.Tasks", "HnmStreams.Pipeline"],
    };

    public static TheoryData<string> Projects => [.. MayKnow.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_knows_only_what_lies_before_it(string project)
    {
        var known = Assembly.Load(project).GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => name.StartsWith("HnmStreams.", StringComparison.Ordinal));
        Assert.Empty(known.Except(MayKnow[project], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("HnmStreams.Mining")]
    [InlineData("HnmStreams.Evaluation")]
    public void The_pure_projects_know_nothing_but_the_framework(string project)
    {
        var foreign = Assembly.Load(project).GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("netstandard" or "mscorlib"));
        Assert.Empty(foreign);
    }

    [Theory]
    [InlineData("HnmStreams.Data", "Confluent.Kafka", "Akka", "TorchSharp")]
    [InlineData("HnmStreams.Kafka", "Akka", "TorchSharp")]
    [InlineData("HnmStreams.Torch", "Akka", "Confluent.Kafka")]
    [InlineData("HnmStreams.Tasks", "Akka", "Confluent.Kafka")]
    [InlineData("HnmStreams.Pipeline", "Confluent.Kafka", "Microsoft.AspNetCore")]
    [InlineData("HnmStreams.Offline", "Akka", "Confluent.Kafka", "Microsoft.AspNetCore")]
    public void No_type_reaches_for_what_belongs_to_another_room(string project, params string[] forbidden)
    {
        var result = Types.InAssembly(Assembly.Load(project)).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}

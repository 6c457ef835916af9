using System.Reflection;
using NetArchTest.Rules;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>The dependencies between projects point one way.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
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
        ["HnmStreams.Configuration"] =
            ["HnmStreams.Data", "HnmStreams.Torch", "HnmStreams.Mining", "HnmStreams.Evaluation", "HnmStreams.Tasks", "HnmStreams.Pipeline", "HnmStreams.Kafka", "HnmStreams.Offline"],
        ["HnmStreams.Web"] =
            ["HnmStreams.Data", "HnmStreams.Torch", "HnmStreams.Mining", "HnmStreams.Evaluation", "HnmStreams.Tasks", "HnmStreams.Pipeline", "HnmStreams.Kafka", "HnmStreams.Configuration"],
    };

    public static TheoryData<string> Projects => [.. AllowedReferences.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_projects_below_it(string project)
    {
        var known = Assembly.Load(project).GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => name.StartsWith("HnmStreams.", StringComparison.Ordinal));
        Assert.Empty(known.Except(AllowedReferences[project], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("HnmStreams.Mining")]
    [InlineData("HnmStreams.Evaluation")]
    public void The_pure_projects_reference_only_the_framework(string project)
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
    public void No_type_depends_on_libraries_of_another_project(string project, params string[] forbidden)
    {
        var result = Types.InAssembly(Assembly.Load(project)).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}

using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Tests.Api.Responses;

public sealed class LabelProposalTests
{
    private static readonly string[] Names = ["shirt", "coat", "boot"];

    [Fact]
    public void The_most_probable_other_class_is_proposed_with_the_vote_of_the_neighbors()
    {
        var proposal = LabelProposal.Of(Explain([0.1, 0.875, 0.025], Near(1, 0.9), Near(0, 0.8), Near(1, 0.7)), Name);
        Assert.Equal(new LabelProposal("coat", 0.875, "The model predicts coat with probability 0.88; 2 of the 3 nearest stored examples are coat."), proposal);
    }

    [Fact]
    public void Proposes_nothing_if_the_model_agrees_with_the_label()
    {
        var proposal = LabelProposal.Of(Explain([0.75, 0.25, 0]), Name);
        Assert.Equal(new LabelProposal(null, 0.75, "The model predicts the given label, shirt, with probability 0.75."), proposal);
    }

    [Fact]
    public void Without_probabilities_the_nearest_example_of_another_group_is_proposed()
    {
        Assert.Equal("boot", LabelProposal.Of(Explain(null, Near(0, 0.5), Near(2, 0.6)), Name).Label);
        Assert.Null(LabelProposal.Of(Explain(null, Near(0, 0.7), Near(2, 0.6)), Name).Label);
        Assert.Equal("There is no proposal: no stored example can be compared.", LabelProposal.Of(Explain(null), Name).Reason);
        Assert.StartsWith("There is no proposal: compare the labeled boxes", LabelProposal.Of(Explain(null, Near(2, 0.6)) with { Regions = [] }, Name).Reason, StringComparison.Ordinal);
    }

    private static string Name(int label) => Names[label];

    private static NearExample Near(int label, double similarity) => new($"n{label}", label, similarity, new Origin("t", 0, 1), []);

    private static Explanation Explain(double[]? probabilities, params NearExample[] neighbors) =>
        new(new Candidate("a", 0, CandidateLocation.Quarantine, 0, new Origin("t", 0, 1), []), 1, [0], 1, [], neighbors, neighbors.Length) { Probabilities = probabilities };
}

using Bunit;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Dashboard.Why;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class WhyPanelTests
{
    private static readonly Origin Origin = new("t", 0, 1);
    private static readonly Candidate Candidate = new("id-0", 0, CandidateLocation.Pool, 0, Origin, [], Detail: new CandidateDetail(1, [1], false, "too early to say"));

    // The first bytes of a PNG file of 40 x 20 pixels.
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 40, 0, 0, 0, 20];

    [Fact]
    public async Task The_confused_pair_names_both_examples_and_what_the_hardness_means()
    {
        var explanation = new Explanation(Candidate, 1, [0, 1], 0.2f, [Near("own", 0, 0.5)], [Near("other", 1, 0.75)], 2);
        await using var context = NewContext();
        var view = Render<PairView>(context, explanation);
        Assert.Equal(3, view.FindAll("#pair .card").Count);
        Assert.Contains("other of cat is nearer (similarity 0.75) than own of its own group (0.50). Hardness is the difference, +0.25", view.Find("p").TextContent, StringComparison.Ordinal);
        Assert.Single(view.FindAll("#pair .bad"));
    }

    [Fact]
    public async Task A_detection_shows_labels_predictions_and_the_crop_of_the_hardest_region()
    {
        var explanation = new Explanation(Candidate, 1, [], 2, [], [], 0, [new HardNegativeRegion(new(0.5f, 0.5f, 0.75f, 1), 2.5f, "dog")])
        {
            Objects = [new LabeledRegion(new(0, 0, 0.5f, 0.5f), "cat", null)],
            Predictions = [new LabeledRegion(new(0, 0, 0.5f, 0.5f), "cat", 0.9f), new LabeledRegion(new(0, 0, 1, 1), "dog", 0.1f)],
        };
        await using var context = NewContext(RowPreview.OfImage(Png));
        var view = Render<DetectionView>(context, explanation);
        view.WaitForElement(".crop", TimeSpan.FromSeconds(30));
        Assert.Equal("20 10 10 10", view.Find(".crop").GetAttribute("viewBox"));
        Assert.Equal((1, 1, 3), (view.FindAll(".region.truth").Count, view.FindAll(".region.predicted").Count, view.FindAll(".framed .region").Count));
        Assert.Contains("labeled: 1 cat", view.Find("#detection-key").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_a_PNG_file_is_read_from_its_header()
    {
        Assert.Equal((40, 20), PngSize.Of(Png));
        Assert.Throws<InvalidDataException>(() => PngSize.Of(Png.AsSpan(0, 23)));
    }

    private static IRenderedComponent<CascadingValue<WhyResponse>> Render<T>(BunitContext context, Explanation explanation)
        where T : IComponent => context.Render<CascadingValue<WhyResponse>>(p => p.Add(c => c.Value, WhyResponse.Of(explanation, new RunStates.TextRows())).AddChildContent<T>());

    private static NearExample Near(string id, int label, double similarity) => new(id, label, similarity, Origin, []);

    private static BunitContext NewContext(RowPreview? preview = null)
    {
        var context = new BunitContext();
        context.Services.AddSingleton(RunStates.Queries(RunStates.View(TimeProvider.System, previews: preview is null ? null : new FixedPreview(preview))));
        return context;
    }

    private sealed class FixedPreview(RowPreview preview) : IRowPreviews
    {
        public RowPreview View(ReadOnlySpan<byte> payload) => preview;

        public string LabelName(int label) => label == 1 ? "cat" : "not cat";
    }
}

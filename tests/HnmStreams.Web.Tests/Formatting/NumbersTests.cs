using HnmStreams.Evaluation.Comparing;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tests.Formatting;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0.0341, "+0.034")]
    [InlineData(-0.0341, "-0.034")]
    [InlineData(0.0004, "0.000")]
    [InlineData(-0.0004, "0.000")]
    [InlineData(-0.0, "0.000")]
    public void A_difference_has_a_sign_unless_it_rounds_to_zero(double value, string expected) => Assert.Equal(expected, Numbers.Signed(value));

    [Fact]
    public void Identical_models_have_no_interval()
    {
        Assert.Equal("identical so far", Numbers.Uplift(new Uplift(0, 0, 0)));
        Assert.Equal("+0.034 [-0.011, +0.057]", Numbers.Uplift(new Uplift(0.034, -0.011, 0.057)));
        Assert.Equal("-", Numbers.Uplift(null));
    }

    [Theory]
    [InlineData("averagePrecision", "AP")]
    [InlineData("meanAveragePrecision", "mAP")]
    [InlineData("mapAtR", "MAP@R")]
    [InlineData("macroF1", "macro F1")]
    public void Metrics_have_their_usual_abbreviations(string name, string expected) => Assert.Equal(expected, MetricName.Short(name));

    [Theory]
    [InlineData(0, "this version")]
    [InlineData(1, "1 version ago")]
    [InlineData(4_000, "4,000 versions ago")]
    public void Ages_are_in_versions(long age, string expected) => Assert.Equal(expected, Numbers.VersionsAgo(age));
}

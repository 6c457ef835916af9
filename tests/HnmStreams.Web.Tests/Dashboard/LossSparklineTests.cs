using System.Globalization;
using Bunit;
using HnmStreams.Web.Dashboard.Charts;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class LossSparklineTests
{
    public static TheoryData<double[]> Losses => new(new double[] { -3, -1, -2 }, new double[] { 0, 0 }, new double[] { 2, -1 }, new double[] { 5e-324, 0 }, new double[] { 1e300, -1e300 });

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Every_point_is_inside_the_chart(double[] losses)
    {
        await using var context = new BunitContext();
        var points = context.Render<LossSparkline>(p => p.Add(s => s.Losses, losses)).Find("polyline").GetAttribute("points")!;
        var coordinates = points.Split(' ').Select(p => p.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.Equal(losses.Length, coordinates.Count);
        Assert.All(coordinates, c => Assert.True(c[0] is >= 0 and <= 100 && c[1] is >= 0 and <= 24, points));
    }
}

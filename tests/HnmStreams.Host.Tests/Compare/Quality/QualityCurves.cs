using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

/// <summary>Curves for tests: every trained row is a consumed example, and 32 rows are a step.</summary>
internal static class QualityCurves
{
    public static QualityMethodReport Of(params (double Rows, double Mean)[] points) => WithSpread(0, points);

    /// <summary>Returns a curve under four seeds whose metrics deviate from the mean alternately, so that the curve of a method differs from that of another by the same spread.</summary>
    public static QualityMethodReport WithSpread(double spread, params (double Rows, double Mean)[] points) => new([.. points.Select((p, i) =>
    {
        // The sign changes from point to point, so that differences between points vary over the seeds.
        var s = i % 2 == 0 ? spread : -spread;
        double[] seeds = [p.Mean - s, p.Mean + s, p.Mean - s, p.Mean + s];
        return new QualityPoint(p.Rows, p.Rows / 32, p.Rows, p.Rows / 1_000, seeds, seeds);
    })]);
}

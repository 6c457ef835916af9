using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Evaluation.Tests.Comparing;

public sealed class StudentTTests
{
    [Fact]
    public void The_half_width_is_the_quantile_times_the_standard_error()
    {
        // Mean 2, standard deviation 1, standard error 1 / sqrt(3), two degrees of freedom.
        Assert.Equal(4.303 / Math.Sqrt(3), StudentT.HalfWidth95([1, 2, 3]), 1e-12);
        Assert.Equal(0, StudentT.HalfWidth95([5, 5]));
    }

    [Fact]
    public void Many_values_use_the_quantile_of_30_degrees_of_freedom()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 2))];
        Assert.Equal(2.042 * Math.Sqrt(25.0 / 99 / 100), StudentT.HalfWidth95(values), 1e-12);
    }

    [Fact]
    public void One_value_is_rejected() => Assert.Throws<ArgumentException>(() => StudentT.HalfWidth95([1]));
}

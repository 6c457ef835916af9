using HnmStreams.Evaluation.Windows;

namespace HnmStreams.Evaluation.Tests.Windows;

public sealed class ClassWindowTests
{
    [Fact]
    public void Covers_only_the_most_recent_examples()
    {
        var window = new ClassWindow(2);
        window.Add(0, 1);
        window.Add(1, 1);
        window.Add(2, 2);
        Assert.Equal(1, window.Accuracy());
        Assert.Equal(1, window.MacroF1());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Beats_chance_only_if_better_than_the_most_frequent_class(bool isTrained)
    {
        var window = new ClassWindow(1_000);
        for (var i = 0; i < 1_000; i++)
            window.Add(isTrained || i % 4 != 0 ? Label(i) : 0, Label(i));
        // Both models are correct in far more than a third of the cases, but the second only because it always predicts class 0.
        static int Label(int i) => i % 4 == 0 ? 1 + (i % 2) : 0;
        Assert.Equal(isTrained, window.BeatsChance());
    }
}

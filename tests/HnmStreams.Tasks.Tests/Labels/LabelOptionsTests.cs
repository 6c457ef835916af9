using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Images;

namespace HnmStreams.Tasks.Tests.Labels;

public sealed class LabelOptionsTests
{
    [Theory]
    [InlineData("6", null, true)]
    [InlineData("6", "binary-cross-entropy", true)]
    [InlineData("6", "focal", true)]
    [InlineData("6", "cross-entropy", false)]
    [InlineData(null, null, true)]
    [InlineData(null, "cross-entropy", true)]
    [InlineData(null, "focal", true)]
    [InlineData("6", "hinge", false)]
    public void The_loss_must_fit_the_classes(string? positive, string? loss, bool valid)
    {
        var options = new ImagesOptions { Positive = positive, Labels = positive is null ? ["a", "b"] : [], Loss = loss };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
        if (valid)
            Assert.Equal(positive is null ? 2 : 1, new ImagesTask(options).OutputWidth);
        else
            Assert.Throws<ArgumentException>(() => new ImagesTask(options));
    }

    [Theory]
    [InlineData(null, new float[0], true)]
    [InlineData(null, new[] { 1f, 2f }, true)]
    [InlineData(null, new[] { 1f }, false)]
    [InlineData(null, new[] { 1f, 0f }, false)]
    [InlineData(null, new[] { 1f, float.NaN }, false)]
    [InlineData("6", new[] { 1f, 2f }, false)]
    public void Weights_must_fit_the_classes(string? positive, float[] weights, bool valid)
    {
        var options = new ImagesOptions { Positive = positive, Labels = positive is null ? ["a", "b"] : [], ClassWeights = weights };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
        if (!valid)
            Assert.Throws<ArgumentException>(() => new ImagesTask(options));
    }

    [Theory]
    [InlineData(null, "none", true)]
    [InlineData(null, "a", false)]
    [InlineData(null, "", false)]
    [InlineData("6", "none", false)]
    public void The_label_of_no_class_needs_several_classes_and_is_none_of_them(string? positive, string unknown, bool valid)
    {
        var options = new ImagesOptions { Positive = positive, Labels = positive is null ? ["a", "b"] : [], Unknown = unknown };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
        if (!valid)
            Assert.Throws<ArgumentException>(() => new ImagesTask(options));
    }

    [Fact]
    public void An_unknown_positive_is_reported_for_the_setting_Positive()
    {
        var options = new ImagesOptions { Positive = "hat", Labels = ["shirt", "coat"] };
        var results = new List<ValidationResult>();
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true));
        Assert.Equal([nameof(ImagesOptions.Positive)], Assert.Single(results).MemberNames);
    }
}

using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Tests.Examples;

public sealed class LabelTextTests
{
    [Theory]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("e\u0302\u0301", "\u1EBF")]
    [InlineData("a\u0323\u0302", "\u1EAD")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\u0418\u0306", "\u0419")]
    [InlineData("\u65E5\u672C", "\u65E5\u672C")]
    [InlineData("x\u0301", "x\u0301")]
    public void Composes_characters_like_normalization_form_C(string text, string composed) => Assert.Equal(composed, LabelText.Canonical(text));

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("+1", "1")]
    [InlineData("-1.0", "-1")]
    [InlineData("1e3", "1000")]
    [InlineData("0.5", "0.5")]
    [InlineData("007", "007")]
    [InlineData("v1.0", "v1.0")]
    [InlineData("the end.", "the end.")]
    [InlineData("1e300", "1e300")]
    public void Whole_numbers_have_one_spelling(string text, string canonical) => Assert.Equal(canonical, LabelText.Canonical(text));

    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("+2", 2)]
    [InlineData("007", 7)]
    [InlineData("-1", null)]
    [InlineData("0.5", null)]
    [InlineData("2147483648", null)]
    [InlineData("x", null)]
    public void Parses_class_indices_in_any_spelling(string text, int? index) =>
        Assert.Equal(index, LabelText.TryClassIndex(text, out var parsed) ? parsed : null);
}

using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Tabular;

namespace HnmStreams.Tasks.Tests.Tabular;

public sealed class QuotedNumbersTests
{
    [Theory]
    [InlineData("1.29", 1.29)]
    [InlineData(" -3 ", -3)]
    [InlineData("2e3", 2000)]
    public void A_string_in_a_numeric_feature_is_encoded_as_its_number(string text, double number) =>
        Assert.Equal(Encoded(new Feature("temp", number, null)), Encoded(new Feature("temp", 0, text)));

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("n/a")]
    public void A_missing_value_of_a_numeric_feature_is_omitted(string text) =>
        Assert.Equal(Encoded(new Feature("size", 2, null)), Encoded(new Feature("temp", 0, text), new Feature("size", 2, null)));

    [Fact]
    public void A_string_that_is_not_a_number_is_rejected_with_the_name_of_the_feature()
    {
        using var rows = new RowBuffer();
        var rejection = Task().Encode(Of(new Feature("temp", 0, "warm")), rows);
        Assert.Equal(("not-a-number", "The feature 'temp' must be a number, as required by task.tabular.numeric, but is 'warm'."), (rejection?.Reason, rejection?.Detail));
        Assert.Equal("not-finite", Task().Encode(Of(new Feature("temp", 0, "1e999")), rows)?.Reason);
        Assert.Equal("no-features", Task().Encode(Of(new Feature("temp", 0, "NA")), rows)?.Reason);
        Assert.Equal(0, rows.Count);
    }

    [Fact]
    public void Warns_of_a_feature_with_numbers_written_as_strings()
    {
        using var rows = new RowBuffer();
        var task = Task();
        for (var i = 0; i < 10; i++)
        {
            var text = (i / 4.0).ToString(CultureInfo.InvariantCulture);
            Assert.Null(task.Encode(Of(new Feature("vib", 0, text), new Feature("temp", 0, text), new Feature("code", 0, i == 9 ? "x" : text), new Feature("class", 0, $"{i % 3}")), rows));
        }

        Assert.Equal(
            "The feature 'vib' holds numbers written as strings, for example '0', and is learned as categories. If they are numbers, add it to task.tabular.numeric.",
            Assert.Single(task.Warnings).Text);
    }

    private static byte[] Encoded(params Feature[] features)
    {
        using var rows = new RowBuffer();
        Assert.Null(Task().Encode(Of(features), rows));
        return rows.Payload(0).ToArray();
    }

    private static TabularTask Task() => new(new TabularOptions { Numeric = ["temp"] });

    private static Example Of(params Feature[] features) => new("a", new Target.ClassIndex(1), new ExampleInput.Features(features));
}

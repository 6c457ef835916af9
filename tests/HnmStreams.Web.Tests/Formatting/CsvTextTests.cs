using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tests.Formatting;

public sealed class CsvTextTests
{
    [Fact]
    public void Fields_are_quoted_where_needed_and_formulas_are_not_run()
    {
        var csv = CsvText.Of(["id", "value"], [["a,b", 1.5], ["say \"hi\"\n", null], ["=1+1", -2]]);
        Assert.Equal("id,value\r\n\"a,b\",1.5\r\n\"say \"\"hi\"\"\n\",\r\n'=1+1,-2\r\n", csv);
    }
}

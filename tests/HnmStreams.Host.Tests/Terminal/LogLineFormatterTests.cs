using HnmStreams.Host.Terminal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.Terminal;

public sealed class LogLineFormatterTests
{
    [Fact]
    public void Writes_one_line_without_control_characters()
    {
        var output = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "Category", new EventId(7), "id \u001b[2J\nnext", new InvalidOperationException("why\n\u001b"), (state, _) => state);

        new LogLineFormatter().Write(entry, null, output);

        var line = output.ToString().TrimEnd('\n', '\r');
        Assert.Matches(@"^\d\d:\d\d:\d\d warn: Category\[7\] id \\u001b\[2J", line);
        Assert.Contains("why", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }
}

namespace HnmStreams.Host.Commands;

/// <summary>An exception in one sentence or two: its message, and its causes' where they say more.</summary>
internal static class FailureText
{
    public static string Of(Exception error)
    {
        var messages = new List<string>();
        for (var e = error; e is not null; e = e.InnerException)
        {
            // The wrapper of a faulted task says nothing of its own.
            if (e is not AggregateException && !messages.Any(m => m.Contains(e.Message, StringComparison.Ordinal)))
                messages.Add(e.Message);
        }

        return string.Join(" <- ", messages);
    }
}

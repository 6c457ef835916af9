using HnmStreams.Data.Wire;

namespace HnmStreams.Host.Application;

/// <summary>An exception as one line: its message, followed by the messages of its causes if they add information. Control characters are escaped.</summary>
internal static class FailureText
{
    public static string Of(Exception error)
    {
        var messages = new List<string>();
        for (var e = error; e is not null; e = e.InnerException)
        {
            // The wrapper of a faulted task has no separate message.
            if (e is not AggregateException && !messages.Any(m => m.Contains(e.Message, StringComparison.Ordinal)))
                messages.Add(e.Message);
        }

        return ControlCharacters.Escape(string.Join(" <- ", messages));
    }
}

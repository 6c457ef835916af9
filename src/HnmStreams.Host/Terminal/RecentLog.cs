using HnmStreams.Data.Wire;

namespace HnmStreams.Host.Terminal;

/// <summary>A logger provider that keeps the newest warnings for the live display, which uses the whole terminal. Thread-safe.</summary>
internal sealed class RecentLog(int capacity, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Sink(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        // The provider holds no resources.
    }

    private void Add(LogLine line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            while (_lines.Count > capacity)
                _lines.Dequeue();
        }
    }

    private sealed class Sink(RecentLog log, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception) + (exception is null ? "" : $": {exception.Message}");
            log.Add(new LogLine(log.Time.GetLocalNow(), logLevel, source, ControlCharacters.Escape(text)));
        }
    }

    private TimeProvider Time => time;
}

/// <summary>One line of the log.</summary>
internal sealed record LogLine(DateTimeOffset At, LogLevel Level, string Source, string Text);

using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers;

/// <summary>A set of examples on disk.</summary>
/// <remarks>Each enumeration opens its own files, so several may run at once, on any threads.</remarks>
public interface IExampleReader
{
    /// <summary>Examples in the set, where that is known without reading it all.</summary>
    int? Count { get; }

    /// <summary>One pass over the set, always in the same order. Each enumeration starts anew and reads as it goes.</summary>
    /// <exception cref="DataSourceException">On enumeration: a file is missing, damaged or not what it should be.</exception>
    /// <exception cref="OperationCanceledException">On enumeration.</exception>
    IEnumerable<Example> Read(CancellationToken ct = default);
}

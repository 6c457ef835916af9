using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers;

/// <summary>A data set on disk.</summary>
/// <remarks>Each enumeration opens its own files, so several may run at the same time on any threads.</remarks>
public interface IExampleReader
{
    /// <summary>The number of examples, or null if it is unknown before the set was read.</summary>
    int? Count { get; }

    /// <summary>Reads the set from its beginning, always in the same order, as the enumeration advances.</summary>
    /// <exception cref="DataSourceException">On enumeration: a file is missing, damaged or of another format.</exception>
    /// <exception cref="OperationCanceledException">On enumeration: reading was canceled.</exception>
    IEnumerable<Example> Read(CancellationToken ct = default);
}

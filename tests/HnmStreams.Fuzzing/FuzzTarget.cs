using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing;

/// <summary>A reader of untrusted input, with its valid inputs and the properties that hold for every input.</summary>
/// <remarks>One thread at a time.</remarks>
internal abstract class FuzzTarget : IDisposable
{
    protected FuzzTarget(string name)
    {
        Name = name;
        FuzzCheck.LoadTables();
    }

    /// <summary>The name on the command line, in the corpus and in reports.</summary>
    public string Name { get; }

    /// <summary>Valid inputs, from which fuzzing starts.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Reads an input. Throws if a property does not hold; a rejection with a reason is no failure.</summary>
    public abstract void Run(byte[] input);

    public virtual void Dispose()
    {
    }
}

using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>
/// The binary state of one structure of a checkpoint, without its checksum. The first byte of the input selects the structure. It is restored and
/// then works, or it is refused as invalid data.
/// </summary>
internal sealed class StateTarget(string name) : FuzzTarget(name)
{
    // The structures allocate their capacity, whatever was saved.
    private const int AllocationAllowance = 4 << 20;

    public override IEnumerable<byte[]> Seeds() => StateCases.All.Select(static (structure, i) => (byte[])[(byte)i, .. Written(structure.Write)]).Append([(byte)StateCases.All.Length, .. ExamplesSeed()]);

    public override void Run(byte[] input)
    {
        var content = input.AsMemory(Math.Min(1, input.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var index = (input.Length > 0 ? input[0] : 0) % (StateCases.All.Length + 1);
            if (index == StateCases.All.Length)
                ReadExamples(content.ToArray());
            else
                StateCases.All[index].RestoreAndUse(new StateReader(content));
        }
        catch (InvalidDataException e)
        {
            FuzzCheck.Holds(e.Message.Length > 0, input);
        }

        FuzzCheck.AllocatedAtMost(AllocationAllowance + (256L * input.Length), before, input);
    }

    private static byte[] Written(Action<StateWriter> write)
    {
        var writer = new StateWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static byte[] ExamplesSeed()
    {
        using var payloads = new PayloadStore();
        using var file = new MemoryStream();
        ExamplesFile.Write(file, [StateCases.Stored(payloads, 1), StateCases.Stored(payloads, 2)], payloads);
        return file.ToArray();
    }

    // Not a saved state of the mining library, but a separate file.
    private static void ReadExamples(byte[] input)
    {
        using var payloads = new PayloadStore();
        using var file = new MemoryStream(input);
        foreach (var example in ExamplesFile.Read(file, payloads))
        {
            FuzzCheck.Holds(payloads.Read(example).Length <= input.Length, input);
            payloads.Release(example);
        }
    }
}

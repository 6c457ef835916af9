using System.Buffers.Binary;
using System.Text;
using HnmStreams.Testing.Fuzzing;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A weight file. It is read or refused with a reason, and tensors are allocated only for bytes that the file has.</summary>
internal sealed class SafetensorsTarget : FuzzTarget
{
    public SafetensorsTarget(string name)
        : base(name) => TorchLibrary.EnsureLoaded();

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Of("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}""", 16);
        yield return Of("""{"__metadata__":{"task":"images"},"c":{"dtype":"BF16","shape":[1,0],"data_offsets":[0,0]},"d":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", 3);
    }

    public override void Run(byte[] input)
    {
        using var file = new MemoryStream(input);
        try
        {
            var bytes = 0L;
            foreach (var tensor in SafetensorsFile.Read(file).Values)
            {
                bytes += tensor.NumberOfElements * tensor.ElementSize;
                tensor.Dispose();
            }

            FuzzCheck.Holds(bytes <= input.Length, input);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            FuzzCheck.Holds(e.Message.Length > 0, input);
        }
    }

    private static byte[] Of(string header, int dataBytes)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        Encoding.UTF8.GetBytes(header, file.AsSpan(8));
        return file;
    }
}

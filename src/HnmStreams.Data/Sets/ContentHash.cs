using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Sets;

/// <summary>A 128-bit hash of an example's content (XxHash128), independent of its id and the same in every process.</summary>
internal static class ContentHash
{
    /// <summary>Returns the hash of the input. O(bytes).</summary>
    public static UInt128 OfInput(Example example) => Of(example, withTarget: false);

    /// <summary>Returns the hash of input and target. O(bytes).</summary>
    public static UInt128 OfInputAndTarget(Example example) => Of(example, withTarget: true);

    private static UInt128 Of(Example example, bool withTarget)
    {
        var hash = new XxHash128();
        switch (example.Input)
        {
            case ExampleInput.Dense dense:
                Add(hash, (int)dense.Type);
                foreach (var dimension in dense.Shape)
                    Add(hash, dimension);
                hash.Append(dense.Data.Span);
                break;
            case ExampleInput.EncodedImage image:
                hash.Append(image.Data.Span);
                break;
            case ExampleInput.Text text:
                Add(hash, text.Value);
                break;
            case ExampleInput.Features features:
                foreach (var feature in features.Items)
                    Add(hash, feature);
                break;
        }

        if (withTarget)
            Add(hash, example.Target);
        return hash.GetCurrentHashAsUInt128();
    }

    private static void Add(XxHash128 hash, Target target)
    {
        if (target is Target.Boxes boxes)
        {
            foreach (var box in boxes.Items)
            {
                hash.Append(MemoryMarshal.AsBytes<float>([box.Left, box.Top, box.Right, box.Bottom]));
                Add(hash, box.Label);
                if (box.Difficult)
                    Add(hash, 1);
            }
        }
        else if (target is Target.LabelSet labels)
        {
            foreach (var name in labels.Names.Order(StringComparer.Ordinal))
                Add(hash, name);
        }
        else
        {
            Add(hash, TargetName.Of(target));
            foreach (var other in target is Target.Identity { Others: var others } ? others : [])
                Add(hash, other);
        }
    }

    private static void Add(XxHash128 hash, in Feature feature)
    {
        Add(hash, feature.Name);
        if (feature.Category is { } category)
        {
            Add(hash, category);
            return;
        }

        Span<byte> bits = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bits, feature.Number);
        hash.Append(bits);
    }

    private static void Add(XxHash128 hash, string text)
    {
        // The length is included so that ("ab", "c") and ("a", "bc") differ.
        Add(hash, text.Length);
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Add(XxHash128 hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.Append(bytes);
    }
}

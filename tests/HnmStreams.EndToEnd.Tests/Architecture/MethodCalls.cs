using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>A method and the methods that its code refers to: calls, constructors and delegate targets.</summary>
/// <param name="Name">The name in the form <c>TorchSharp.torch.Tensor::add(TorchSharp.torch.Tensor)</c>. A generic type is named by its definition.</param>
internal sealed record MethodCalls(string Name, IReadOnlyList<MethodCall> Calls)
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(f => f.GetValue(null)).OfType<OpCode>().ToDictionary(c => (int)(ushort)c.Value);

    /// <summary>Returns all methods with a body. Targets of virtual calls are unknown: a call has the name of the method in the instruction.</summary>
    public static IReadOnlyList<MethodCalls> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        var all = new List<MethodCalls>();
        foreach (var handle in reader.MethodDefinitions)
        {
            var address = reader.GetMethodDefinition(handle).RelativeVirtualAddress;
            if (address != 0)
                all.Add(new MethodCalls(Named(reader, handle).Method, Read(reader, file.GetMethodBody(address).GetILReader())));
        }

        return all;
    }

    private static List<MethodCall> Read(MetadataReader reader, BlobReader code)
    {
        var calls = new List<MethodCall>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            var operation = Codes[value == 0xFE ? (value << 8) | code.ReadByte() : value];
            switch (operation.OperandType)
            {
                case OperandType.InlineMethod:
                    calls.Add(Named(reader, MetadataTokens.EntityHandle(code.ReadInt32())));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += Size(operation.OperandType);
                    break;
            }
        }

        return calls;
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    private static MethodCall Named(MetadataReader reader, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodSpecification:
                return Named(reader, reader.GetMethodSpecification((MethodSpecificationHandle)handle).Method);
            case HandleKind.MethodDefinition:
                var definition = reader.GetMethodDefinition((MethodDefinitionHandle)handle);
                var owner = SignatureNames.Instance.GetTypeFromDefinition(reader, definition.GetDeclaringType(), 0);
                return Named(reader, owner, definition.Name, definition.DecodeSignature(SignatureNames.Instance, null));
            default:
                var reference = reader.GetMemberReference((MemberReferenceHandle)handle);
                return Named(reader, OwnerOf(reader, reference.Parent), reference.Name, reference.DecodeMethodSignature(SignatureNames.Instance, null));
        }
    }

    private static MethodCall Named(MetadataReader reader, string owner, StringHandle name, MethodSignature<string> signature) =>
        new($"{owner}::{reader.GetString(name)}({string.Join(", ", signature.ParameterTypes)})", signature.ReturnType);

    private static string OwnerOf(MetadataReader reader, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeDefinition => SignatureNames.Instance.GetTypeFromDefinition(reader, (TypeDefinitionHandle)parent, 0),
        HandleKind.TypeReference => SignatureNames.Instance.GetTypeFromReference(reader, (TypeReferenceHandle)parent, 0),
        HandleKind.TypeSpecification => reader.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureNames.Instance, null).Split('<')[0],
        _ => parent.Kind.ToString(),
    };
}

/// <param name="Method">The called method, in the form of <see cref="MethodCalls.Name"/>.</param>
/// <param name="Returns">The return type.</param>
internal sealed record MethodCall(string Method, string Returns);

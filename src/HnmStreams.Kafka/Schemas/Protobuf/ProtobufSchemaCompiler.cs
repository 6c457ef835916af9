extern alias ProtobufNet;

using System.Text;
using HnmStreams.Data.Wire;
using ProtobufNet::Google.Protobuf.Reflection;

namespace HnmStreams.Kafka.Schemas.Protobuf;

/// <summary>The compilation of a .proto file: protobuf-net's parser reads the text, and the nodes keep what reading messages needs.</summary>
/// <remarks>The parser has google/protobuf/*.proto; all other imports must be references of the schema.</remarks>
internal sealed class ProtobufSchemaCompiler
{
    private const string FileName = "schema.proto";

    private readonly Dictionary<DescriptorProto, ProtobufMessage> _messages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<DescriptorProto, bool> _isProto3 = new(ReferenceEqualityComparer.Instance);

    // By full name with a leading dot, as the parser resolves the types of fields.
    private readonly Dictionary<string, ProtobufMessage> _messagesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EnumDescriptorProto> _enumsByName = new(StringComparer.Ordinal);

    /// <summary>Compiles a schema.</summary>
    public static WireSchema Compile(int id, string text, IReadOnlyList<NamedSchemaText> references, WireLimits limits, StringInterner interner)
    {
        var set = new FileDescriptorSet { FileSystem = new References(references) };
        set.AddImportPath("");
        set.Add(FileName, true, new StringReader(text));
        set.Process();
        if (set.GetErrors().FirstOrDefault(static error => error.IsError) is { } error)
            return new UnusableSchema(id, $"cannot be parsed: {error.File}, line {error.LineNumber}: {error.Message}");
        var compiler = new ProtobufSchemaCompiler();
        foreach (var other in set.Files)
            compiler.Declare(other.MessageTypes, other.EnumTypes, other.Package, !string.Equals(other.Syntax, "proto2", StringComparison.Ordinal) && !string.IsNullOrEmpty(other.Syntax));
        foreach (var message in compiler._messages)
            compiler.Define(message.Key, message.Value);
        var file = set.Files.Single(static f => string.Equals(f.Name, FileName, StringComparison.Ordinal));
        return new ProtobufWireSchema(id, [.. file.MessageTypes.Select(type => compiler._messages[type])], limits, interner);
    }

    private void Declare(IReadOnlyList<DescriptorProto> types, IReadOnlyList<EnumDescriptorProto> enums, string scope, bool isProto3)
    {
        var prefix = string.IsNullOrEmpty(scope) ? "" : $"{scope}.";
        foreach (var type in types)
        {
            var message = new ProtobufMessage(prefix + type.Name) { IsMapEntry = type.Options?.MapEntry == true };
            _messages.Add(type, message);
            _messagesByName[$".{message.FullName}"] = message;
            _isProto3.Add(type, isProto3);
            Declare(type.NestedTypes, type.EnumTypes, message.FullName, isProto3);
        }

        foreach (var type in enums)
            _enumsByName[$".{prefix}{type.Name}"] = type;
    }

    private void Define(DescriptorProto type, ProtobufMessage message)
    {
        message.Fields = [.. type.Fields.Select(field => Field(type, field))];
        message.ByNumber = type.Fields.Select(static (field, i) => (field.Number, i)).ToDictionary(static f => f.Number, static f => f.i);
        message.Nested = [.. type.NestedTypes.Select(nested => _messages[nested])];
    }

    private ProtobufField Field(DescriptorProto type, FieldDescriptorProto field)
    {
        var oneof = field.ShouldSerializeOneofIndex() && !field.Proto3Optional ? field.OneofIndex : (int?)null;
        var kind = KindOf(field.type);
        return new ProtobufField(field.Name, kind)
        {
            IsRepeated = field.label == FieldDescriptorProto.Label.LabelRepeated,
            Oneof = oneof,
            HasPresence = kind == ProtobufKind.Message || oneof is not null || field.Proto3Optional || !_isProto3[type],
            Message = kind == ProtobufKind.Message ? _messagesByName[field.TypeName] : null,
            Symbols = kind == ProtobufKind.Enumeration ? Symbols(_enumsByName[field.TypeName]) : null,
        };
    }

    private static Dictionary<int, ReadOnlyMemory<byte>> Symbols(EnumDescriptorProto type)
    {
        var symbols = new Dictionary<int, ReadOnlyMemory<byte>>();
        // With allow_alias, the first name of a number counts.
        foreach (var value in type.Values)
            symbols.TryAdd(value.Number, Encoding.UTF8.GetBytes(value.Name));
        return symbols;
    }

    private static ProtobufKind KindOf(FieldDescriptorProto.Type type) => type switch
    {
        FieldDescriptorProto.Type.TypeDouble => ProtobufKind.Double,
        FieldDescriptorProto.Type.TypeFloat => ProtobufKind.Float,
        FieldDescriptorProto.Type.TypeInt32 or FieldDescriptorProto.Type.TypeInt64 => ProtobufKind.Signed,
        FieldDescriptorProto.Type.TypeUint32 or FieldDescriptorProto.Type.TypeUint64 => ProtobufKind.Unsigned,
        FieldDescriptorProto.Type.TypeSint32 or FieldDescriptorProto.Type.TypeSint64 => ProtobufKind.ZigZag,
        FieldDescriptorProto.Type.TypeFixed32 => ProtobufKind.Fixed32,
        FieldDescriptorProto.Type.TypeFixed64 => ProtobufKind.Fixed64,
        FieldDescriptorProto.Type.TypeSfixed32 => ProtobufKind.SignedFixed32,
        FieldDescriptorProto.Type.TypeSfixed64 => ProtobufKind.SignedFixed64,
        FieldDescriptorProto.Type.TypeBool => ProtobufKind.Boolean,
        FieldDescriptorProto.Type.TypeEnum => ProtobufKind.Enumeration,
        FieldDescriptorProto.Type.TypeString => ProtobufKind.Text,
        FieldDescriptorProto.Type.TypeBytes => ProtobufKind.Bytes,
        FieldDescriptorProto.Type.TypeMessage => ProtobufKind.Message,
        _ => throw new InvalidDataException($"Fields of the type {type} are not supported."),
    };

    private sealed class References(IReadOnlyList<NamedSchemaText> references) : IFileSystem
    {
        public bool Exists(string path) => Find(path) is not null;

        public TextReader OpenText(string path) => new StringReader(Find(path)!.Text);

        // The parser asks for the name below each import path.
        private NamedSchemaText? Find(string path) => references.FirstOrDefault(reference => string.Equals(reference.Name, path.Replace('\\', '/').TrimStart('/'), StringComparison.Ordinal));
    }
}

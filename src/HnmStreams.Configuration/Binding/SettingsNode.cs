using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace HnmStreams.Configuration.Binding;

internal enum SettingsNodeKind
{
    /// <summary>An options class with its own keys.</summary>
    Section,

    /// <summary>One value.</summary>
    Leaf,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>Free keys with text values, such as the settings that are passed to the Kafka client.</summary>
    Map,
}

/// <summary>A key of the settings: a node of the tree that reflection reads from the options classes.</summary>
internal sealed class SettingsNode
{
    private readonly Dictionary<string, SettingsNode> _children = new(StringComparer.OrdinalIgnoreCase);

    private SettingsNode(string path, Type type, PropertyInfo? property)
    {
        (Path, Type, Property) = (path, type, property);
        Kind = KindOf(type);
        if (Kind != SettingsNodeKind.Section)
            return;
        foreach (var child in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!IsSetting(child))
                continue;
            var name = JsonNamingPolicy.CamelCase.ConvertName(child.Name);
            _children.Add(name, new SettingsNode(path.Length == 0 ? name : $"{path}.{name}", child.PropertyType, child));
        }
    }

    /// <summary>The dotted key in camelCase, for example <c>pipeline.scoring.share</c>. Empty for the root.</summary>
    public string Path { get; }

    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    public Type Type { get; }

    /// <summary>Null for the root.</summary>
    public PropertyInfo? Property { get; }

    public SettingsNodeKind Kind { get; }

    public IReadOnlyDictionary<string, SettingsNode> Children => _children;

    /// <summary>The element type of a list, or the type of the value without its nullability.</summary>
    public Type ValueType =>
        Kind == SettingsNodeKind.List ? ElementType(Type)! : Nullable.GetUnderlyingType(Type) ?? Type;

    public bool AllowsNull =>
        Nullable.GetUnderlyingType(Type) is not null
        || (!Type.IsValueType && Property is not null && new NullabilityInfoContext().Create(Property).WriteState != NullabilityState.NotNull);

    public static SettingsNode Root(Type options) => new("", options, null);

    public IEnumerable<SettingsNode> Descendants() => _children.Values.SelectMany(c => c.Descendants().Prepend(c));

    private static bool IsSetting(PropertyInfo property)
    {
        if (property.GetIndexParameters().Length > 0 || property.GetMethod is not { IsPublic: true })
            return false;
        // A property without a setter is computed from other settings, unless it is a section or a map that can be filled.
        return property.SetMethod is { IsPublic: true } || KindOf(property.PropertyType) is SettingsNodeKind.Section or SettingsNodeKind.Map;
    }

    private static SettingsNodeKind KindOf(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value.IsPrimitive || value.IsEnum || value == typeof(string) || value == typeof(TimeSpan) || value == typeof(decimal) || value == typeof(Uri))
            return SettingsNodeKind.Leaf;
        if (typeof(IDictionary<string, string>).IsAssignableFrom(value))
            return SettingsNodeKind.Map;
        return typeof(IEnumerable).IsAssignableFrom(value) ? SettingsNodeKind.List : SettingsNodeKind.Section;
    }

    private static Type? ElementType(Type list) =>
        list.IsArray ? list.GetElementType() : list.GetGenericArguments().FirstOrDefault();
}

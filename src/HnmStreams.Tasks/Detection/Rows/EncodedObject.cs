using System.Runtime.InteropServices;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>An object in the binary layout of a row.</summary>
/// <param name="Class">The index among the labels.</param>
/// <param name="Region">The box, in pixels of the network's input.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct EncodedObject(int Class, Box Region);

using System.Runtime.InteropServices;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>An object as it lies in a row.</summary>
/// <param name="Class">Index among the labels.</param>
/// <param name="Region">In pixels that the network sees.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct ObjectInRow(int Class, Box Region);

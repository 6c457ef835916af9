namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The settings of the benchmark of a cluster.</summary>
/// <param name="Bootstrap">The broker.</param>
/// <param name="Topic">A topic with at least <paramref name="Examples"/> examples of the task.</param>
/// <param name="TaskFile">The settings of the task.</param>
/// <param name="Nodes">The numbers of nodes; 0 is one process that reads, scores and learns.</param>
/// <param name="Examples">The examples in the topic.</param>
/// <param name="WarmUp">The time after the start of the nodes that is not measured, in which code is compiled.</param>
/// <param name="Window">The longest time that a run is measured.</param>
/// <param name="MicrosecondsPerRow">The time per row of the simulated accelerator; 0 for the real network only.</param>
/// <param name="Computes">True if nodes with a simulated accelerator also compute the outputs.</param>
/// <param name="Set">Further settings of all processes, as <c>key=value</c>.</param>
/// <param name="ToEnd">True to wait after the measured time until all examples are consumed and the newest model is evaluated.</param>
/// <param name="Hnm">The service's executable.</param>
/// <param name="Work">The folder for settings, logs and checkpoints.</param>
internal sealed record ClusterBenchSettings(
    string Bootstrap, string Topic, string TaskFile, IReadOnlyList<int> Nodes, long Examples, TimeSpan WarmUp, TimeSpan Window, double MicrosecondsPerRow, bool Computes, IReadOnlyList<string> Set, bool ToEnd, string Hnm, string Work);

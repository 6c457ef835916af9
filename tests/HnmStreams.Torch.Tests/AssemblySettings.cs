// Native tensors are counted and torch's generator is seeded for the whole process, so tests run one at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
